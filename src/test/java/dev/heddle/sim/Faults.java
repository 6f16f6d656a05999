package dev.heddle.sim;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What was done to the core and what came of it, counted by kind. */
public final class Faults {
    /** Kinds of faults, and of the limits that were met. */
    public enum Kind {
        POWER_CUT,
        PROCESS_KILLED,
        CRASH_WHILE_RUNNING,
        CRASH_IN_RECOVERY,
        CRASH_IN_CHECKPOINT,
        FORCE_FAILED,
        DISK_FULL,
        /** A server that crashed again and again on a full disk has used up its ballast: somebody had to help. */
        ROOM_ADDED,
        SHORT_TRANSFERS,
        DRAIN,
        CLEAN_START,
        CLOCK_SET_BACK,
        CLOCK_SET_AHEAD,
        CONNECTION_LOST,
        TAKEOVER,
        STALL,
        CURSOR_FORGOTTEN,
        REMOVED,
        BAD_ACK,
        INBOX_FULL,
        STORAGE_FULL,
        TOO_OLD,
        UNAVAILABLE,
        DUPLICATE,
        CONGESTED,
        HELD_BACK,
        NEEDS_STORE,
        NEEDS_FORCE,
        SEGMENTS_FREED
    }

    private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);

    void count(Kind kind) {
        counts.merge(kind, 1L, Long::sum);
    }

    void add(Faults other) {
        other.counts.forEach((kind, count) -> counts.merge(kind, count, Long::sum));
    }

    public long of(Kind kind) {
        return counts.getOrDefault(kind, 0L);
    }

    @Override
    public String toString() {
        return counts.entrySet().stream()
                .map(entry -> entry.getKey().name().toLowerCase(Locale.ROOT).replace('_', ' ') + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }
}
