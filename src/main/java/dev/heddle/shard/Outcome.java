package dev.heddle.shard;

/** How a command ended, or why it has to be given again, from the same frame, when its condition has come. */
public enum Outcome {
    /** Handled; go on with the next frame. */
    DONE,
    /** Nothing happened yet: it needs the user store, which this thread must not touch. Give it again on the resident owner. */
    NEEDS_STORE,
    /**
     * Its answer depends on records that are not forced, or a LOGIN on what is being cleared from the inbox. Give it again after
     * the next force or step; what it has done it does not do twice.
     */
    NEEDS_FORCE,
    /** Nothing happened yet: this client does not read what it is sent. Give it again when its queue has drained. */
    CONGESTED,
    /** A part is handled. Give it again behind what waits, so that others have their turn. */
    PAUSED,
    /** The session ended; nothing more of this connection is handled. */
    ENDED
}
