package dev.heddle.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class RunsTest {
    @Test
    void it_holds_what_a_set_of_numbers_holds() {
        long seed = Long.getLong("heddle.seed", System.nanoTime());
        System.out.println("RunsTest: -Dheddle.seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            Runs runs = new Runs(Runs.MOST);
            TreeSet<Long> set = new TreeSet<>();
            int range = 1 + random.nextInt(300);
            for (int step = 0; step < 1000; step++) {
                long seq = random.nextInt(range);
                assertThat(runs.contains(seq)).isEqualTo(set.contains(seq));
                if (set.add(seq)) {
                    assertThat(runs.add(seq)).isTrue();
                } else {
                    set.remove(seq);
                    assertThat(runs.remove(seq)).isTrue();
                }
                assertThat(runs.isEmpty()).isEqualTo(set.isEmpty());
                if (!set.isEmpty()) {
                    assertThat(runs.first()).isEqualTo(set.first());
                }
            }
        }
    }

    @Test
    void neighbours_take_no_room_and_gaps_take_what_there_is() {
        Runs runs = new Runs(Runs.MOST);
        for (long seq = 1; seq <= 1_000_000; seq++) {
            assertThat(runs.add(seq)).isTrue();
        }
        for (int gap = 1; gap < Runs.MOST; gap++) {
            assertThat(runs.remove(2L * gap)).isTrue();
        }
        assertThat(runs.remove(900_000)).isFalse();
        assertThat(runs.contains(900_000)).isTrue();
        assertThat(runs.add(2_000_000)).isFalse();
        assertThat(runs.contains(2_000_000)).isFalse();
        assertThat(runs.add(2)).isTrue();
        assertThat(runs.remove(900_000)).isTrue();
        assertThat(runs.contains(899_999)).isTrue();
    }
}
