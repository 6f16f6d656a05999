package dev.heddle.edge;

/**
 * How far a {@link Connection} is. It only ever moves down this list.
 *
 * <pre>
 *   NEW -- LOGIN read --> LOGGING_IN -- WELCOME --> OPEN -- GOODBYE written, or nobody there --> ENDING --> CLOSED
 *    |                        |                                                                    ^
 *    +------------------------+--------- bad LOGIN, login deadline --------------------------------+
 * </pre>
 */
enum Phase {
    /** Nothing is known of the client. */
    NEW,
    /** It is being decided whether it may come in; whoever moved it here says GOODBYE if not. */
    LOGGING_IN,
    /** It has a session. */
    OPEN,
    /** The last word is said, or on its way: nothing more is handled, and what is left has little time. */
    ENDING,
    /** The socket is of no more use. */
    CLOSED;

    /** Whether nothing that the client sends is handled any more. */
    boolean isLast() {
        return this == ENDING || this == CLOSED;
    }
}
