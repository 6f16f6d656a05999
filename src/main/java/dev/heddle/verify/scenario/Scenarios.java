package dev.heddle.verify.scenario;

import java.util.List;

/** All scenarios, in the order in which they run. */
public final class Scenarios {
    private Scenarios() {}

    /** All but the soak, which runs only for those who ask. */
    public static List<Scenario> all() {
        return List.of(
                new Specifications(),
                new Latency(),
                new Hotspot(),
                new KnownUsers(),
                new SlowConsumers(),
                new Backpressure(),
                new Chaos(),
                new FullLog(),
                new CrashLoop(),
                new Clock(),
                new Herd(),
                new Secured(),
                new Hostile());
    }
}
