package dev.heddle.legacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class AcknowledgementsTest {
    private final Acknowledgements acknowledgements = new Acknowledgements();

    private void deliver(long... seqs) throws Exception {
        for (long seq : seqs) {
            assertThat(acknowledgements.delivered(seq, false)).isTrue();
        }
    }

    private long acknowledge(long... seqs) throws Exception {
        for (long seq : seqs) {
            acknowledgements.acknowledged(seq);
        }
        return acknowledgements.prefix();
    }

    @Test
    void the_server_hears_of_what_is_acknowledged_without_a_gap() throws Exception {
        assertThat(acknowledgements.prefix()).isZero();
        deliver(1, 2, 3, 4, 5);
        assertThat(acknowledge(3, 5)).isZero();
        assertThat(acknowledge(1)).isEqualTo(1);
        assertThat(acknowledge(1, 3, 0, -7, 1)).isEqualTo(1);
        assertThat(acknowledge(2)).isEqualTo(3);
        assertThat(acknowledge(4)).isEqualTo(5);
    }

    @Test
    void seqs_that_were_never_given_leave_no_gap() throws Exception {
        long later = (1L << 32) + 1;
        deliver(7, 8, later);
        assertThat(acknowledge(8)).isEqualTo(6);
        assertThat(acknowledge(7)).as("below what is still open").isEqualTo(later - 1);
        assertThat(acknowledge(later)).isEqualTo(later);
    }

    @Test
    void what_an_earlier_connection_heard_may_be_acknowledged_before_it_comes_again() throws Exception {
        assertThat(acknowledge(3, 2, 9)).isZero();
        assertThat(acknowledgements.delivered(2, true)).isFalse();
        assertThat(acknowledgements.prefix()).isEqualTo(2);
        assertThat(acknowledgements.delivered(3, true)).isFalse();
        assertThat(acknowledgements.prefix()).isEqualTo(3);
        assertThat(acknowledgements.delivered(9, false))
                .as("nobody can have heard it")
                .isTrue();
        assertThat(acknowledgements.prefix()).isEqualTo(8);
        assertThat(acknowledge(9)).isEqualTo(9);
    }

    @Test
    void more_gaps_than_there_is_room_for_are_not_served() throws Exception {
        for (int seq = 1; seq <= 3 * Runs.MOST; seq++) {
            deliver(seq);
        }
        for (int gap = 1; gap < Runs.MOST; gap++) {
            assertThat(acknowledge(2L * gap)).isZero();
        }
        assertThatThrownBy(() -> acknowledge(3 * Runs.MOST - 1)).isInstanceOf(MalformedException.class);
    }

    @Test
    void an_early_acknowledgement_without_room_is_one_that_was_never_made() throws Exception {
        for (int i = 0; i <= Runs.MOST; i++) {
            assertThat(acknowledge(10 + 2L * i)).isZero();
        }
        assertThat(acknowledgements.delivered(10 + 2L * Runs.MOST, true)).isTrue();
    }

    @Test
    void an_id_is_its_seq_and_everything_else_is_none() {
        for (long seq : new long[] {1, 0x1234_5678_9abc_def0L, Long.MAX_VALUE, -1}) {
            ByteBuffer id = ByteBuffer.allocate(DeliveryId.BYTES);
            DeliveryId.put(id, seq);
            assertThat(new String(id.array(), StandardCharsets.US_ASCII)).isEqualTo("%016x".formatted(seq));
            assertThat(DeliveryId.take(id.flip())).isEqualTo(seq);
        }
        for (String other : new String[] {"000000000000000A", "00000000 0000001", "\u0000\u007f23456789abcdef"}) {
            ByteBuffer id = ByteBuffer.wrap(other.getBytes(StandardCharsets.ISO_8859_1));
            assertThat(DeliveryId.take(id)).isEqualTo(DeliveryId.NONE);
            assertThat(id.hasRemaining()).isFalse();
        }
    }
}
