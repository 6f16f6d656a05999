package dev.heddle.auth;

/** Says who may log in. Called by many threads at once; it does not fail. */
public interface Authenticator {
    /** Lets everybody in, as whom they say they are. */
    Authenticator ANYBODY = (user, token) -> new Verdict.Admitted(Verdict.MOST_MILLIS, null);

    /**
     * Judges a login.
     *
     * @param user the name in UTF-8
     * @param token as LOGIN brought it; empty if it brought none
     */
    Verdict judge(byte[] user, byte[] token);

    /** Whether a session may go on that was let in with this. */
    default boolean stillHolds(Grant grant) {
        return true;
    }
}
