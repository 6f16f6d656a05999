package dev.heddle.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BusyPollTest {
    private final BusyPoll poll = new BusyPoll();

    /** How often it looks when nothing comes. */
    private int looksInVain() {
        int looks = 0;
        while (poll.looks()) {
            looks++;
        }
        return looks;
    }

    @Test
    void nothing_was_read_so_nothing_is_looked_for() {
        assertThat(poll.looks()).isFalse();
    }

    @Test
    void what_is_not_going_to_be_answered_is_not_waited_for() {
        poll.read(false);
        assertThat(poll.looks()).isFalse();
    }

    @Test
    void looks_a_bounded_number_of_times_for_the_reaction_to_an_answer() {
        poll.read(true);
        assertThat(looksInVain()).isBetween(100, 1000);
    }

    @Test
    void a_conversation_is_waited_for_each_time() {
        for (int i = 0; i < 1000; i++) {
            poll.read(true);
            assertThat(poll.looks()).isTrue();
        }
    }

    @Test
    void messages_that_nobody_reacts_to_are_seldom_waited_for() {
        int waited = 0;
        for (int i = 0; i < 10_000; i++) {
            poll.read(true);
            waited += looksInVain() > 0 ? 1 : 0;
        }
        assertThat(waited).isBetween(100, 200);
    }

    @Test
    void a_delivery_and_its_ack_are_no_conversation() {
        int waited = 0;
        for (int i = 0; i < 10_000; i++) {
            poll.read(true);
            boolean looked = poll.looks();
            poll.read(true);
            waited += looksInVain() > 0 && looked ? 1 : 0;
        }
        assertThat(waited).isLessThan(500);
    }

    @Test
    void a_conversation_that_begins_later_is_noticed() {
        for (int i = 0; i < 1000; i++) {
            poll.read(true);
            looksInVain();
        }
        int waited = 0;
        for (int i = 0; i < 1000; i++) {
            poll.read(true);
            waited += poll.looks() ? 1 : 0;
        }
        assertThat(waited).isGreaterThan(900);
    }
}
