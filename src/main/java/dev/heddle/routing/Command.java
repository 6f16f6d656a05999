package dev.heddle.routing;

import dev.heddle.shard.Outcome;

/** A piece of work for one shard. It may stand in the shard's ring once at a time. */
public interface Command {
    /**
     * Does the work, or as much of it as can be done now; run by whoever owns the shard, and must not block. After {@link
     * Outcome#NEEDS_STORE} or {@link Outcome#NEEDS_FORCE} it is run again when that can be had, and goes on where it stopped.
     */
    Outcome run(Turn turn);

    /**
     * The work ended, or ({@link Outcome#CONGESTED}) is to be submitted again by its owner. What it caused has been released.
     * Must not block.
     */
    default void finished(Outcome outcome) {}
}
