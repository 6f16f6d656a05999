package dev.heddle.auth;

import org.jspecify.annotations.Nullable;

/** What became of a LOGIN's token. */
public sealed interface Verdict {
    /** The longest that a session is let in for; who may stay longer logs in again. */
    long MOST_MILLIS = 3650L * 24 * 3600 * 1000;

    /**
     * The user may come in.
     *
     * @param validMillis for how long from now, 1 to {@link #MOST_MILLIS}
     * @param grant what may be revoked later; null: nothing may
     */
    record Admitted(long validMillis, @Nullable Grant grant) implements Verdict {}

    /**
     * The user may not.
     *
     * @param reason for the client; only what it may know: who signed nothing that is valid learns nothing about why
     */
    record Refused(String reason) implements Verdict {}
}
