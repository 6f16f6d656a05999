package dev.heddle.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BusyPollTest {
    private static final long MICRO = 1_000;

    private long now = Long.MAX_VALUE - 500 * MICRO;
    private long answeredAt = now;
    private long asked;
    private final BusyPoll poll =
            new BusyPoll(() -> now - answeredAt < 0, () -> now - answeredAt < 0 ? asked - 1 : asked, () -> now);

    /** Somebody alone says something, whose answer takes this long. */
    private void message(long forceMicros) {
        asked++;
        answeredAt = now + forceMicros * MICRO;
        poll.read(true);
    }

    /** Looks for so long; whether it did all the time. */
    private boolean looksFor(long micros) {
        for (long end = now + micros * MICRO; now - end < 0; now += 2 * MICRO) {
            if (!poll.looks()) {
                now = end;
                return false;
            }
        }
        return true;
    }

    /** How many microseconds it looks when nothing comes. */
    private long looksInVain() {
        long begun = now;
        while (poll.looks()) {
            now += 2 * MICRO;
        }
        return (now - begun) / MICRO;
    }

    @Test
    void nothing_was_read_so_nothing_is_looked_for() {
        assertThat(poll.looks()).isFalse();
    }

    @Test
    void what_is_not_going_to_be_answered_is_not_waited_for() {
        poll.read(true);
        assertThat(poll.looks()).isFalse();
    }

    @Test
    void who_was_not_alone_is_not_waited_for() {
        answeredAt = now + 300 * MICRO;
        poll.read(false);
        assertThat(poll.looks()).isFalse();
    }

    @Test
    void looks_until_the_answer_is_out_and_the_client_had_time_to_react() {
        message(300);
        assertThat(looksInVain()).isBetween(400L, 600L);
        message(900);
        assertThat(looksInVain()).isBetween(1000L, 1200L);
    }

    @Test
    void does_not_look_for_ever_where_no_answer_comes() {
        message(1_000_000);
        assertThat(looksInVain()).isBetween(1000L, 3000L);
    }

    @Test
    void a_conversation_is_waited_for_each_time_however_slow_the_disk_is() {
        for (int i = 0; i < 1000; i++) {
            long force = i % 3 == 0 ? 1500 : 300;
            message(force);
            assertThat(looksFor(force + 30)).isTrue();
        }
    }

    @Test
    void messages_that_nobody_reacts_to_are_seldom_waited_for() {
        int waited = 0;
        for (int i = 0; i < 10_000; i++) {
            message(300);
            waited += looksInVain() > 0 ? 1 : 0;
        }
        assertThat(waited).isBetween(100, 200);
    }

    @Test
    void a_delivery_and_its_ack_are_no_conversation() {
        int waited = 0;
        for (int i = 0; i < 10_000; i++) {
            message(300);
            boolean looked = looksFor(50);
            poll.read(true);
            waited += looksInVain() > 0 && looked ? 1 : 0;
        }
        assertThat(waited).isLessThan(500);
    }

    @Test
    void messages_of_many_that_have_nothing_to_do_with_each_other_are_seldom_waited_for() {
        // Three a millisecond in the mean, whoever sends them, and a disk that takes as long: an answer is always under
        // way.
        BusyPoll busy = new BusyPoll(() -> true, () -> (now - answeredAt) / (1000 * MICRO), () -> now);
        Random random = new Random(7);
        int looks = 0;
        for (int i = 0; i < 10_000; i++) {
            busy.read(true);
            for (long next = now + (long) (random.nextExponential() * 333 * MICRO); now - next < 0; now += 20 * MICRO) {
                looks += busy.looks() ? 1 : 0;
            }
        }
        assertThat(looks * 20 / 10_000).as("microseconds it looks of each 333").isLessThan(50);
    }

    @Test
    void two_conversations_at_once_are_waited_for_although_an_answer_is_always_under_way() {
        int looked = 0;
        for (int i = 0; i < 1000; i++) {
            message(300);
            looked += looksFor(310) ? 1 : 0;
            // What the other one has said meanwhile is being forced by now.
            answeredAt = now + 300 * MICRO;
            asked++;
        }
        assertThat(looked).isGreaterThan(900);
    }

    @Test
    void a_conversation_that_begins_later_is_noticed() {
        for (int i = 0; i < 1000; i++) {
            message(300);
            looksInVain();
        }
        int waited = 0;
        for (int i = 0; i < 1000; i++) {
            message(300);
            waited += looksFor(330) ? 1 : 0;
        }
        assertThat(waited).isGreaterThan(900);
    }
}
