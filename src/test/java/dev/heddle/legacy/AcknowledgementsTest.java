package dev.heddle.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class AcknowledgementsTest {
    private final Acknowledgements acknowledgements = new Acknowledgements();

    private void deliver(long... seqs) {
        for (long seq : seqs) {
            assertThat(acknowledgements.delivered(seq, false)).isTrue();
        }
    }

    private long acknowledge(long... seqs) {
        for (long seq : seqs) {
            acknowledgements.acknowledged(seq);
        }
        return acknowledgements.prefix();
    }

    @Test
    void the_server_hears_of_what_is_acknowledged_without_a_gap() {
        assertThat(acknowledgements.prefix()).isZero();
        deliver(1, 2, 3, 4, 5);
        assertThat(acknowledge(3, 5)).isZero();
        assertThat(acknowledge(1)).isEqualTo(1);
        assertThat(acknowledge(1, 3, 0, -7, 1)).isEqualTo(1);
        assertThat(acknowledge(2)).isEqualTo(3);
        assertThat(acknowledge(4)).isEqualTo(5);
    }

    @Test
    void seqs_that_were_never_given_leave_no_gap() {
        long later = (1L << 32) + 1;
        deliver(7, 8, later);
        assertThat(acknowledge(8)).isEqualTo(6);
        assertThat(acknowledge(7)).as("below what is still open").isEqualTo(later - 1);
        assertThat(acknowledge(later)).isEqualTo(later);
    }

    @Test
    void what_an_earlier_connection_heard_may_be_acknowledged_before_it_comes_again() {
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
    void a_thousand_may_be_open_with_as_many_gaps() {
        for (int seq = 1; seq <= 2 * Acknowledgements.MOST; seq++) {
            deliver(seq);
            if (seq % 2 == 0) {
                assertThat(acknowledge(seq)).isZero();
            }
        }
        assertThat(acknowledgements.ahead()).isEqualTo(Acknowledgements.MOST);
        for (int seq = 2 * Acknowledgements.MOST - 1; seq > 1; seq -= 2) {
            assertThat(acknowledge(seq)).isZero();
        }
        assertThat(acknowledgements.ahead()).isEqualTo(2 * Acknowledgements.MOST - 1);
        assertThat(acknowledge(1)).isEqualTo(2L * Acknowledgements.MOST);
        assertThat(acknowledgements.ahead()).isZero();
    }

    @Test
    void what_is_acknowledged_behind_a_gap_is_counted_until_the_server_knows_it() {
        deliver(1, 2, 3, 4, 5, 6);
        acknowledge(2, 3, 5, 5);
        assertThat(acknowledgements.ahead()).isEqualTo(3);
        acknowledge(1);
        assertThat(acknowledgements.prefix()).isEqualTo(3);
        assertThat(acknowledgements.ahead()).isEqualTo(1);
        acknowledge(4, 6);
        assertThat(acknowledgements.ahead()).isZero();
    }

    @Test
    void an_early_acknowledgement_without_room_is_one_that_was_never_made() {
        for (int i = 0; i <= Acknowledgements.EARLY; i++) {
            assertThat(acknowledge(10 + 2L * i)).isZero();
        }
        assertThat(acknowledgements.delivered(10 + 2L * Acknowledgements.EARLY, true))
                .isTrue();
    }

    @Test
    void an_id_is_its_seq_and_everything_else_is_none() {
        for (long seq : new long[] {1, 0x1234_5678_9abc_def0L, Long.MAX_VALUE, -1}) {
            ByteBuffer id = ByteBuffer.allocate(DeliveryId.BYTES);
            DeliveryId.put(id, 0, seq);
            assertThat(new String(id.array(), StandardCharsets.US_ASCII)).isEqualTo("%016x".formatted(seq));
            assertThat(DeliveryId.get(id, 0)).isEqualTo(seq);
        }
        for (String other : new String[] {"000000000000000A", "00000000 0000001", "\u0000\u007f23456789abcdef"}) {
            ByteBuffer id = ByteBuffer.wrap(other.getBytes(StandardCharsets.ISO_8859_1));
            assertThat(DeliveryId.get(id, 0)).isEqualTo(DeliveryId.NONE);
        }
    }
}
