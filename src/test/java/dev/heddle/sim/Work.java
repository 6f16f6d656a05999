package dev.heddle.sim;

import dev.heddle.shard.Outcome;

/** A command, as {@code routing} knows it. */
interface Work {
    Outcome run(Place place, boolean mayLoad);

    default void finished(Outcome outcome) {}
}
