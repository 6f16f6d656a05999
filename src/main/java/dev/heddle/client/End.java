package dev.heddle.client;

import dev.heddle.wire.GoodbyeCode;
import org.jspecify.annotations.Nullable;

/**
 * How a connection of a client ended.
 *
 * @param code null if the server did not say goodbye
 */
record End(@Nullable GoodbyeCode code, String why, long retryAfterMillis, boolean loggedIn) {
    static End lost(String why) {
        return new End(null, why, 0, false);
    }

    /** There is no sense in trying again. */
    boolean isFinal() {
        return code == GoodbyeCode.REPLACED
                // In the middle of a session the token has expired, and there may be a new one.
                || (code == GoodbyeCode.AUTH_FAILED && !loggedIn)
                || code == GoodbyeCode.UNSUPPORTED_VERSION
                || code == GoodbyeCode.BAD_ACK
                || code == GoodbyeCode.MALFORMED
                || code == GoodbyeCode.FRAME_TOO_LARGE
                || code == GoodbyeCode.BYE;
    }
}
