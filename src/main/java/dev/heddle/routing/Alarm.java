package dev.heddle.routing;

/** Is told what somebody has to know of a shard's storage; by whichever thread finds out. */
@FunctionalInterface
public interface Alarm {
    /** Once: storage cannot be trusted any more, and nothing runs after that. */
    void failed(Throwable cause);

    /** SENDs are turned away for want of space from now on, or no more. */
    default void full(boolean isFull) {}
}
