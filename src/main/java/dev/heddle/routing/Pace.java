package dev.heddle.routing;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** How a shard's work comes in cycles, and how long forces take; the shard's owner only. A few kilobytes. */
final class Pace {
    /** What takes longer counts as this. */
    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final long SHORTEST_NANOS = 1_000;

    private final Histogram forces = new Histogram(SHORTEST_NANOS, LONGEST_NANOS, 2);
    /** How many cycles had so many commands. */
    private final long[] cycles;

    private long forceBegan;
    private boolean forcing;

    Pace(int mostCommands) {
        cycles = new long[mostCommands + 1];
    }

    void cycle(int commands) {
        cycles[commands]++;
    }

    void forceBegins(long nanos) {
        forceBegan = nanos;
        forcing = true;
    }

    /** The shard knows that it has ended: its senders have waited for so long. */
    void forceEnded(long nanos) {
        forcing = false;
        forces.recordValue(Math.clamp(nanos - forceBegan, 0, LONGEST_NANOS));
    }

    /** For how long the force that is under way has been; 0: none is. */
    long forcingNanos(long nanos) {
        return forcing ? Math.max(0, nanos - forceBegan) : 0;
    }

    Histogram forces() {
        return forces.copy();
    }

    long[] cycles() {
        return cycles.clone();
    }
}
