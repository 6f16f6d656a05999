package dev.heddle.server;

import dev.heddle.config.SettingsException;
import dev.heddle.events.Event;
import dev.heddle.events.EventLog;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says that the wall's clock was set while the server runs; the {@link Watchdog}'s thread. Constant in size.
 */
final class ClockWatch {
    private static final Logger LOG = LoggerFactory.getLogger(ClockWatch.class);

    /** 2026-01-01: before that there was no server. */
    private static final Instant EARLIEST = Instant.parse("2026-01-01T00:00:00Z");

    /** Two years later the seqs of a copy, which begin at the seconds since 2026, would no longer fit. */
    private static final Instant LATEST = Instant.parse("2160-01-01T00:00:00Z");

    /** What is less is a clock that is being adjusted. */
    private static final long LEAST_STEP_MILLIS = 2000;

    /** Two clocks that were read further apart than this are not compared. */
    private static final long LONGEST_READ_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final LongSupplier wallMillis;
    private final LongSupplier nanos;
    private final EventLog events;
    /** What the wall showed when the other clock was at zero. */
    private long difference;

    ClockWatch(LongSupplier wallMillis, LongSupplier nanos, EventLog events) {
        this.wallMillis = wallMillis;
        this.nanos = nanos;
        this.events = events;
        this.difference = wallMillis.getAsLong() - TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong());
    }

    /**
     * Refuses to start by a clock that cannot be right.
     *
     * @throws SettingsException if it shows a time before 2026 or after 2159
     */
    static void check(long wallMillis) {
        Instant now = Instant.ofEpochMilli(wallMillis);
        if (now.isBefore(EARLIEST) || !now.isBefore(LATEST)) {
            throw new SettingsException("the clock of this machine shows " + now
                    + ", which cannot be: set it, and start again; nothing was changed");
        }
    }

    /** Compares the clocks with what they showed at the last look. */
    void look() {
        long before = nanos.getAsLong();
        long wall = wallMillis.getAsLong();
        if (nanos.getAsLong() - before > LONGEST_READ_NANOS) {
            return;
        }
        long now = wall - TimeUnit.NANOSECONDS.toMillis(before);
        long step = now - difference;
        difference = now;
        if (Math.abs(step) >= LEAST_STEP_MILLIS) {
            events.at(LOG, Event.CLOCK_SET)
                    .addKeyValue("direction", step > 0 ? "ahead" : "back")
                    .addKeyValue("by", Duration.ofMillis(Math.abs(step)))
                    .addKeyValue("now", Instant.ofEpochMilli(wall))
                    .log();
        }
    }
}
