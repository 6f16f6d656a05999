package dev.heddle.sim;

import java.util.EnumMap;
import java.util.Map;

/** What was done to the core, counted by kind. */
public final class Faults {
    /** Kinds of faults. */
    public enum Kind {
        PROCESS_KILLED,
        POWER_CUT,
        CRASH_IN_OPERATION,
        CRASH_IN_RECOVERY,
        FORCE_FAILED,
        DISK_FULL,
        DRAIN,
        CLOCK_SET_BACK,
        CONNECTION_LOST,
        TAKEOVER
    }

    private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);

    void count(Kind kind) {
        counts.merge(kind, 1L, Long::sum);
    }

    void add(Faults other) {
        other.counts.forEach((kind, count) -> counts.merge(kind, count, Long::sum));
    }

    @Override
    public String toString() {
        return counts.toString();
    }
}
