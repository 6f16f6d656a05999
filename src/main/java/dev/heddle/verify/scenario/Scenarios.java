package dev.heddle.verify.scenario;

import java.util.List;

/** All scenarios, in the order in which they run. */
public final class Scenarios {
    private Scenarios() {}

    public static List<Scenario> all() {
        return List.of(
                new Latency(), new Hotspot(), new KnownUsers(), new SlowConsumers(), new Chaos(), new CrashLoop());
    }
}
