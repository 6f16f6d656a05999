package dev.heddle.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimerWheelTest {
    private static final long START = 1_000_003;
    private static final long TICK = TimerWheel.TICK_MILLIS;

    private final TimerWheel wheel = new TimerWheel(START);

    private static final class Alarm extends TimerWheel.Entry {
        final long millis;

        Alarm(long millis) {
            this.millis = millis;
        }
    }

    private Alarm set(long millis) {
        Alarm alarm = new Alarm(millis);
        wheel.set(alarm, millis);
        return alarm;
    }

    private List<TimerWheel.Entry> due(long millis) {
        List<TimerWheel.Entry> due = new ArrayList<>();
        for (TimerWheel.Entry entry = wheel.poll(millis); entry != null; entry = wheel.poll(millis)) {
            due.add(entry);
        }
        return due;
    }

    @Test
    void comes_out_once_at_its_time_or_a_tick_later() {
        Alarm alarm = set(START + 5000);
        assertThat(due(START + 4999)).isEmpty();
        assertThat(due(START + 5000 + TICK)).containsExactly(alarm);
        assertThat(due(START + 9000)).isEmpty();
        assertThat(wheel.isEmpty()).isTrue();
    }

    @Test
    void what_is_over_already_comes_out_at_the_next_tick() {
        assertThat(due(START + 1000)).isEmpty();
        Alarm alarm = set(START);
        assertThat(due(START + 1000 + TICK)).containsExactly(alarm);
    }

    @Test
    void set_anew_only_the_later_time_counts() {
        Alarm alarm = set(START + 1000);
        wheel.set(alarm, START + 3000);
        assertThat(due(START + 2000)).isEmpty();
        assertThat(due(START + 3000 + TICK)).containsExactly(alarm);
    }

    @Test
    void taken_out_from_any_place_in_a_list_the_others_stay() {
        List<Alarm> alarms = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            alarms.add(set(START + 1000));
        }
        wheel.cancel(alarms.get(4));
        wheel.cancel(alarms.get(2));
        wheel.cancel(alarms.get(0));
        wheel.cancel(alarms.get(0));
        assertThat(due(START + 1000 + TICK)).containsExactlyInAnyOrder(alarms.get(1), alarms.get(3));
    }

    @Test
    void what_is_farther_away_than_the_wheel_reaches_comes_out_early_and_can_be_set_again() {
        long far = START + 65_534_000;
        Alarm alarm = set(far);
        long now = START;
        int early = 0;
        while (now < far) {
            now += 10_000;
            for (TimerWheel.Entry entry : due(now)) {
                early++;
                if (now < far) {
                    wheel.set(entry, far);
                }
            }
        }
        assertThat(early).isBetween(100, 1000);
        assertThat(now - alarm.millis).isLessThan(20_000);
    }

    @Test
    void a_wheel_that_stood_still_for_long_gives_all_that_is_due() {
        Alarm first = set(START + 1);
        Alarm last = set(START + 100_000);
        assertThat(due(START + 10_000_000_000L)).containsExactly(first, last);
        Alarm next = set(START + 10_000_000_000L + 500);
        assertThat(due(START + 10_000_000_000L + 500 + TICK)).containsExactly(next);
    }

    @Test
    void many_at_random_times_each_come_out_once_and_in_time() {
        long seed = Long.getLong("heddle.seed", System.nanoTime());
        System.out.println("TimerWheelTest: repeat with -Dheddle.seed=" + seed);
        Random random = new Random(seed);
        int waiting = 0;
        long now = START;
        for (int step = 0; step < 20_000; step++) {
            set(now + random.nextInt(100_000));
            waiting++;
            now += random.nextInt(100);
            for (TimerWheel.Entry entry : due(now)) {
                waiting--;
                assertThat(now - ((Alarm) entry).millis).isBetween(0L, TICK + 100);
            }
        }
        waiting -= due(now + 100_000 + TICK).size();
        assertThat(waiting).isZero();
        assertThat(wheel.isEmpty()).isTrue();
    }
}
