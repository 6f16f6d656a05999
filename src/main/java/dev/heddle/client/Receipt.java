package dev.heddle.client;

/** What became of a message that was sent. */
public sealed interface Receipt {
    /** The id that it was sent with. */
    long id();

    /** Stored where it survives a crash; it will be delivered. */
    record Accepted(long id) implements Receipt {}

    /**
     * Not stored, but for the code TOO_OLD, with which the server says that it no longer knows.
     *
     * @param code a number of {@link dev.heddle.wire.RejectCode}
     */
    record Rejected(long id, int code, String reason) implements Receipt {}
}
