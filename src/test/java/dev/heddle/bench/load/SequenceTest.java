package dev.heddle.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.bench.load.Sequence.Faults;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two senders' messages to one inbox, as they should be, and with each fault planted. */
final class SequenceTest {
    private final Sequence sequence = new Sequence(2);
    private long seq = 100;

    @BeforeEach
    void begin() {
        sequence.expect(0, 10);
        sequence.expect(1, 500);
    }

    private void received(int sender, long... ids) {
        for (long id : ids) {
            sequence.received(sender, ++seq, id);
        }
    }

    private Faults end() {
        sequence.end(0, 13);
        sequence.end(1, 502);
        return sequence.faults();
    }

    @Test
    void messages_of_two_senders_in_any_mixture_are_no_fault() {
        received(0, 10);
        received(1, 500, 501);
        received(0, 11, 12);
        assertThat(end()).isEqualTo(Faults.NONE);
        assertThat(sequence.seq()).isEqualTo(105);
        assertThatCode(() -> end().refuse()).doesNotThrowAnyException();
    }

    @Test
    void a_message_that_is_missing_in_the_middle_is_lost() {
        received(0, 10, 12);
        received(1, 500, 501);
        assertThat(end()).isEqualTo(new Faults(1, 0, 0, 0));
        assertThatThrownBy(() -> end().refuse()).hasMessageContaining("lost 1");
    }

    @Test
    void messages_that_are_missing_at_the_end_are_lost() {
        received(0, 10);
        received(1, 500, 501);
        assertThat(end()).isEqualTo(new Faults(2, 0, 0, 0));
    }

    @Test
    void a_message_that_comes_twice_is_doubled() {
        received(0, 10, 11, 11, 12);
        received(1, 500, 501);
        assertThat(end()).isEqualTo(new Faults(0, 1, 0, 0));
    }

    @Test
    void a_message_behind_a_later_one_is_late_and_not_lost() {
        received(0, 11, 10, 12);
        received(1, 500, 501);
        assertThat(end()).isEqualTo(new Faults(0, 0, 1, 0));
    }

    @Test
    void a_late_message_that_comes_once_more_is_doubled_too() {
        received(0, 11, 10, 10, 12);
        received(1, 500, 501);
        assertThat(end()).isEqualTo(new Faults(0, 1, 1, 0));
    }

    @Test
    void a_seq_that_does_not_ascend_is_noticed() {
        sequence.received(0, 7, 10);
        sequence.received(0, 7, 11);
        seq = 8;
        received(0, 12);
        received(1, 500, 501);
        assertThat(end()).isEqualTo(new Faults(0, 0, 1, 0));
    }

    @Test
    void a_message_of_a_stranger_is_damaged() {
        received(2, 10);
        received(0, 10, 11, 12);
        received(1, 500, 501);
        assertThat(end()).isEqualTo(new Faults(0, 0, 0, 1));
    }

    @Test
    void of_a_gap_that_is_too_long_to_be_remembered_everything_is_counted() {
        received(0, 1_000_010);
        assertThat(sequence.faults().lost()).isEqualTo(1_000_000);
    }
}
