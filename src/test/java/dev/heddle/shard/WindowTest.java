package dev.heddle.shard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WindowTest {
    private final Window window = new Window(0);

    private int fill(int length) {
        int sent = 0;
        while (window.allows(length)) {
            window.sent(length);
            sent++;
        }
        return sent;
    }

    @Test
    void it_begins_small() {
        assertThat(fill(1)).isEqualTo(Window.FIRST_MESSAGES);
        assertThat(window.messages()).isEqualTo(Window.FIRST_MESSAGES);
    }

    @Test
    void bytes_bound_it_beyond_the_first_few() {
        assertThat(fill(Window.FIRST_BYTES)).isEqualTo(Window.FIRST_MESSAGES);
        window.acknowledged(Window.FIRST_MESSAGES, (long) Window.FIRST_MESSAGES * Window.FIRST_BYTES);
        assertThat(window.messages()).isEqualTo(2 * Window.FIRST_MESSAGES);
        assertThat(fill(Window.FIRST_BYTES)).isEqualTo(Window.FIRST_MESSAGES);
    }

    @Test
    void a_client_may_take_sixteen_messages_of_any_size_before_it_acknowledges() {
        assertThat(fill(Window.MOST_BYTES + 1)).isEqualTo(16);
    }

    @Test
    void who_never_acknowledges_gets_no_more() {
        fill(1);
        assertThat(window.allows(1)).isFalse();
        assertThat(window.messages()).isEqualTo(Window.FIRST_MESSAGES);
    }

    @Test
    void it_doubles_while_it_is_used_and_stops_at_its_most() {
        for (int round = 0; round < 40; round++) {
            int before = window.messages();
            int sent = fill(1);
            window.acknowledged(sent, sent);
            assertThat(window.messages()).isEqualTo(Math.min(2 * before, Window.MOST_MESSAGES));
        }
        assertThat(fill(1)).isEqualTo(Window.MOST_MESSAGES);
    }

    @Test
    void its_bytes_double_to_their_most_for_large_messages() {
        for (int round = 0; round < 40; round++) {
            int sent = fill(8 * 1024);
            window.acknowledged(sent, 8L * 1024 * sent);
        }
        assertThat(window.bytes()).isEqualTo(Window.MOST_BYTES);
        assertThat(fill(8 * 1024)).isEqualTo(Window.MOST_BYTES / (8 * 1024));
    }

    @Test
    void who_sends_one_at_a_time_does_not_open_it() {
        for (int i = 0; i < 1000; i++) {
            window.sent(1);
            window.acknowledged(1, 1);
        }
        assertThat(window.messages()).isEqualTo(Window.FIRST_MESSAGES);
        assertThat(window.bytes()).isEqualTo(Window.FIRST_BYTES);
    }

    @Test
    void an_ack_of_more_than_is_out_leaves_nothing_out() {
        window.sent(100);
        window.acknowledged(5, 500);
        assertThat(fill(1)).isEqualTo(Window.FIRST_MESSAGES);
    }

    @Test
    void a_fixed_one_is_wide_from_the_beginning_and_stays_so() {
        Window fixed = new Window(1000);
        for (int i = 0; i < 1000; i++) {
            assertThat(fixed.allows(60_000, 0)).isTrue();
            fixed.sent(60_000);
        }
        assertThat(fixed.allows(1, 0)).isFalse();
        fixed.acknowledged(1000, 60_000_000);
        assertThat(fixed.messages()).isEqualTo(1000);
        assertThat(fixed.isFixed()).isTrue();
        assertThat(window.isFixed()).isFalse();
    }

    @Test
    void in_a_fixed_one_what_is_acknowledged_behind_a_gap_does_not_count() {
        Window fixed = new Window(1000);
        for (int i = 0; i < 1000; i++) {
            fixed.sent(10);
        }
        assertThat(fixed.allows(10, 1)).isTrue();
        for (int i = 1000; i < Window.MOST_MESSAGES; i++) {
            fixed.sent(10);
        }
        assertThat(fixed.allows(10, Window.MOST_MESSAGES - 1))
                .as("up to a limit")
                .isFalse();
    }

    @Test
    void what_a_record_says_of_a_window_is_never_less_than_what_may_be_out() {
        Window grows = new Window(0);
        for (int out = 1; out <= Window.MOST_MESSAGES; out *= 2) {
            assertThat(Window.mostMessages(grows.steps())).isEqualTo(grows.messages());
            for (int i = grows.messagesOut(); i < grows.messages(); i++) {
                grows.sent(1);
            }
            grows.acknowledged(1, 1);
        }
        assertThat(Window.mostMessages(new Window(1000).steps())).isEqualTo(Window.MOST_MESSAGES);
    }
}
