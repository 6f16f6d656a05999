package dev.heddle.client;

import dev.heddle.wire.GoodbyeCode;
import org.jspecify.annotations.Nullable;

/**
 * How a connection of a client ended.
 *
 * @param code null if the server did not say goodbye
 * @param retryAfterMillis as the server advised; 0: no advice
 * @param lastedMillis from WELCOME on; negative if there was none
 * @param waited the pause before the next connection is over
 */
record End(@Nullable GoodbyeCode code, String why, long retryAfterMillis, long lastedMillis, boolean waited) {
    static final long NOT_LOGGED_IN = -1;

    static End lost(String why) {
        return new End(null, why, 0, NOT_LOGGED_IN, false);
    }

    /**
     * There is no sense in trying again.
     *
     * @param tokenMayChange so that a login refused for its token may be let in later
     */
    boolean isFinal(boolean tokenMayChange) {
        return code == GoodbyeCode.REPLACED
                // In the middle of a session the token has expired, and there may be a new one.
                || (code == GoodbyeCode.AUTH_FAILED && lastedMillis < 0 && !tokenMayChange)
                || code == GoodbyeCode.UNSUPPORTED_VERSION
                || code == GoodbyeCode.BAD_ACK
                || code == GoodbyeCode.MALFORMED
                || code == GoodbyeCode.FRAME_TOO_LARGE
                || code == GoodbyeCode.BYE;
    }
}
