package dev.heddle.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Repeat a failed seed with {@code bin/sim --seed N}, or {@code -Dheddle.sim.seed=N} here. */
final class SimulationTest {
    private static final int SEEDS = 200;

    @Test
    void nothing_is_lost_duplicated_reordered_or_unbounded_whatever_breaks() {
        Long only = Long.getLong("heddle.sim.seed");
        long first = only == null ? 1 : only;
        long last = only == null ? SEEDS : only;
        Campaign campaign = new Campaign();
        for (long seed = first; seed <= last; seed++) {
            Campaign.Failure failure = campaign.run(seed);
            if (failure != null) {
                throw new AssertionError(failure.report(), failure.violation());
            }
        }
        assertThat(campaign.faults().of(Faults.Kind.ROOM_ADDED)).isLessThanOrEqualTo(SEEDS / 50);
        System.out.println("simulated seeds " + first + " to " + last + ": " + campaign);
    }

    @Test
    void one_seed_is_one_history() {
        for (long seed = 300; seed < 310; seed++) {
            assertThat(history(seed)).as("seed %d", seed).isEqualTo(history(seed));
        }
    }

    private static List<String> history(long seed) {
        List<String> steps = new ArrayList<>();
        try {
            new Simulation(seed, steps::add).run(Campaign.STEPS);
        } catch (Violation violation) {
            steps.add(violation.getMessage());
        }
        return steps;
    }
}
