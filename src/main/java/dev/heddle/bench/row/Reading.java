package dev.heddle.bench.row;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one run has measured; its run's thread. A value for each figure, and the relay's beside it where it has one. */
public final class Reading {
    private final Map<Figure, Double> values = new HashMap<>();
    private final Map<Figure, Double> relay = new HashMap<>();

    Reading put(Figure figure, double value) {
        values.put(figure, value);
        return this;
    }

    Reading put(Figure figure, double value, double relayValue) {
        return put(figure, value).relay(figure, relayValue);
    }

    Reading relay(Figure figure, double value) {
        relay.put(figure, value);
        return this;
    }

    /** Null if this run did not measure it. */
    public @Nullable Double value(Figure figure) {
        return values.get(figure);
    }

    /** Null if the relay has none. */
    public @Nullable Double relay(Figure figure) {
        return relay.get(figure);
    }
}
