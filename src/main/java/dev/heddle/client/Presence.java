package dev.heddle.client;

import dev.heddle.wire.PresenceState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a user.
 *
 * @param lastSeen the latest login or end of a session; null if there was none
 */
public record Presence(
        String user, PresenceState state, @Nullable Instant lastSeen) {}
