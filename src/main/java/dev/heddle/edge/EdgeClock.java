package dev.heddle.edge;

import java.util.function.LongSupplier;

/**
 * The time by which clients are judged: it stands still while this process does, so that a pause of the process, or of the
 * machine that it is simulated on, is nobody's silence; any thread, but for {@link #tick}. In nanoseconds, and never runs
 * backwards.
 *
 * <p>The poller ticks at least once a second while there is a connection. Where a tick comes later than that, time has gone on
 * for {@link #MOST_STEP_NANOS} since the one before, and no longer; what is above that is missed for good.
 *
 * <pre>
 *   real:   tick ----- tick ------------ (stopped) ------------- tick ----- tick
 *   here:   tick ----- tick -- 1.5 s --|                         tick ----- tick
 * </pre>
 */
final class EdgeClock implements LongSupplier {
    /** More than the poller sleeps, and what a busy machine may add to that. */
    static final long MOST_STEP_NANOS = 1_500_000_000L;

    /** How often a tick is written down, at most. */
    private static final long STEP_NANOS = 100_000_000L;

    /** @param missed what the real time is ahead */
    private record Tick(long real, long missed) {}

    private final LongSupplier real;
    private final long mostStep;
    private volatile Tick latest;

    /** @param real the machine's time, which has no certain beginning */
    EdgeClock(LongSupplier real) {
        this(real, MOST_STEP_NANOS);
    }

    /** @param mostStep how far time goes on without a tick */
    EdgeClock(LongSupplier real, long mostStep) {
        this.real = real;
        this.mostStep = mostStep;
        this.latest = new Tick(real.getAsLong(), 0);
    }

    @Override
    public long getAsLong() {
        Tick before = latest;
        return before.real + Math.min(real.getAsLong() - before.real, mostStep) - before.missed;
    }

    /** The machine's own time, for what ends however long this process stood still. */
    long real() {
        return real.getAsLong();
    }

    /** The poller: it is here. Returns what time it is. */
    long tick() {
        Tick before = latest;
        long now = real.getAsLong();
        long step = now - before.real;
        if (step < STEP_NANOS) {
            return now - before.missed;
        }
        Tick next = new Tick(now, before.missed + Math.max(0, step - mostStep));
        latest = next;
        return now - next.missed;
    }
}
