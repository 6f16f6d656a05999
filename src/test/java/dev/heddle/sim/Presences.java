package dev.heddle.sim;

import dev.heddle.wire.PresenceState;
import dev.heddle.wire.Protocol;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Who is online, as it follows from what the shards were told and said; judges what they say of it. */
final class Presences {
    private static final class Known {
        @Nullable
        Link session;
        /** Last seen is not before this, while this process runs. */
        long notBefore;
        /** The highest seq that this process has sent. */
        long sentSeq;
    }

    private final Simulation world;
    private final Known[] users;

    Presences(Simulation world, int count) {
        this.world = world;
        this.users = new Known[count];
        Arrays.setAll(users, i -> new Known());
    }

    void online(SimClient client, Link session) {
        Known user = users[client.index];
        if (user.session != null) {
            throw new Violation(Violation.Kind.UNTRUE, "two sessions of " + client);
        }
        user.session = session;
        user.notBefore = world.shown(client.name);
    }

    void offline(SimClient client, Link session) {
        Known user = users[client.index];
        if (user.session != null && user.session.equals(session)) {
            user.session = null;
            user.notBefore = world.shown(client.name);
        }
    }

    boolean isOnline(int index) {
        return users[index].session != null;
    }

    void told(byte[] name, PresenceState state, long lastSeen) {
        int index = world.indexOf(name);
        String who = new String(name, StandardCharsets.UTF_8);
        if (lastSeen > world.latestWall()) {
            throw new Violation(Violation.Kind.UNTRUE, who + " was last seen in the future, " + lastSeen);
        }
        if ((state == PresenceState.NEVER_SEEN) != (lastSeen == 0)) {
            throw new Violation(Violation.Kind.UNTRUE, who + " is " + state + ", last seen " + lastSeen);
        }
        if (index < 0) {
            if (state != PresenceState.NEVER_SEEN) {
                throw new Violation(Violation.Kind.UNTRUE, who + ", who is nobody, is " + state);
            }
            return;
        }
        Known user = users[index];
        if ((state == PresenceState.ONLINE) != (user.session != null)) {
            throw new Violation(
                    Violation.Kind.UNTRUE, who + " is " + state + " but has a session: " + (user.session != null));
        }
        if (lastSeen < user.notBefore) {
            throw new Violation(
                    Violation.Kind.UNTRUE, who + " was last seen " + lastSeen + ", but was here " + user.notBefore);
        }
    }

    void sent(SimClient client, long seq, int flags) {
        Known user = users[client.index];
        boolean before = seq <= user.sentSeq;
        if (before && (flags & Protocol.FLAG_SENT_BEFORE) == 0) {
            throw new Violation(
                    Violation.Kind.UNTRUE, "seq " + seq + " for " + client + " is not marked as sent before");
        }
        user.sentSeq = Math.max(user.sentSeq, seq);
    }

    /** The process ended. After a clean end everything is remembered, after another one what was written. */
    void restarted(boolean clean) {
        for (Known user : users) {
            user.session = null;
            if (!clean) {
                user.notBefore = 0;
                user.sentSeq = 0;
            }
        }
    }
}
