package dev.heddle.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Repeat a failed seed with {@code -Dheddle.sim.seed=N}. */
final class SimulationTest {
    private static final int STEPS = 3000;
    private static final int SEEDS = 200;

    @Test
    void nothing_is_lost_duplicated_reordered_or_invented_whatever_breaks() {
        Long only = Long.getLong("heddle.sim.seed");
        long first = only == null ? 1 : only;
        long last = only == null ? SEEDS : only;
        Faults faults = new Faults();
        for (long seed = first; seed <= last; seed++) {
            List<String> steps = new ArrayList<>();
            Simulation simulation = new Simulation(seed, steps::add, false);
            String wrong = simulation.run(STEPS);
            faults.add(simulation.faults());
            assertThat(wrong)
                    .as("seed %d (bin/sim --seed %d), last steps %s", seed, seed, tail(steps))
                    .isNull();
        }
        System.out.println("simulated seeds " + first + " to " + last + ", faults " + faults);
    }

    private static List<String> tail(List<String> steps) {
        return steps.subList(Math.max(0, steps.size() - 10), steps.size());
    }
}
