package dev.heddle.routing;

import dev.heddle.shard.Outcome;
import java.util.ArrayList;
import java.util.List;

/**
 * Commands that have run, and what becomes of them; the shard's owner only. Bounded by the commands of a cycle, and by those
 * under way that wait for a force.
 */
final class Ran {
    private final List<Command> ended = new ArrayList<>();
    private final List<Outcome> outcomes = new ArrayList<>();
    private List<Command> unforced = new ArrayList<>();

    /** This one came to that: it is told so at the end of the cycle, or waits for the end of a force to be run again. */
    void add(Command command, Outcome outcome) {
        if (outcome == Outcome.NEEDS_FORCE) {
            unforced.add(command);
        } else {
            ended.add(command);
            outcomes.add(outcome);
        }
    }

    /** What the commands have caused has been released. */
    void tell() {
        for (int i = 0; i < ended.size(); i++) {
            ended.get(i).finished(outcomes.get(i));
        }
        ended.clear();
        outcomes.clear();
    }

    /** Those that waited for a force, to be run again; they no longer wait. */
    List<Command> takeUnforced() {
        if (unforced.isEmpty()) {
            return List.of();
        }
        List<Command> waited = unforced;
        unforced = new ArrayList<>();
        return waited;
    }

    boolean isWaiting() {
        return !unforced.isEmpty();
    }
}
