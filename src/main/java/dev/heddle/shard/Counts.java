package dev.heddle.shard;

import java.util.EnumMap;
import java.util.Map;

/** How often each constant of an enum has occurred; its owner's only. One number a constant. */
final class Counts<E extends Enum<E>> {
    private static final class Count {
        long value;
    }

    private final Class<E> type;
    private final Map<E, Count> counts;

    Counts(Class<E> type) {
        this.type = type;
        this.counts = new EnumMap<>(type);
    }

    void add(E what) {
        counts.computeIfAbsent(what, first -> new Count()).value++;
    }

    /** Those that have occurred. */
    Map<E, Long> picture() {
        Map<E, Long> picture = new EnumMap<>(type);
        counts.forEach((what, count) -> picture.put(what, count.value));
        return picture;
    }
}
