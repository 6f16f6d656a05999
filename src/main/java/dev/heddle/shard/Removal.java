package dev.heddle.shard;

/**
 * What one step of removing a user came to.
 *
 * @param messages that waited and are gone
 */
public record Removal(State state, int messages) {
    /** How far it is. */
    public enum State {
        /** Nobody of that name is known. */
        UNKNOWN,
        /** There are more messages: another step is needed. */
        MORE,
        /** The user is forgotten. */
        DONE,
        /** Storage is full: there is no room to write that down. The user is still known, and what waited may be gone. */
        FULL
    }
}
