package dev.heddle.verify.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LedgersTest {
    private static final byte[] ALICE = "alice".getBytes(StandardCharsets.UTF_8);
    private static final byte[] BOB = "bob".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    private final Ledger sender = new Ledger();
    private final Ledger recipient = new Ledger();

    /** A ledger of ten accepted messages that arrive in order, but for what is done to it. */
    private Verdict after(Consumer<Tally> sent, Consumer<Tally> arrived) throws IOException {
        Tally out = sender.tally("alice", "bob");
        Tally in = recipient.tally("alice", "bob");
        for (int i = 0; i < 10; i++) {
            out.accepted(out.send());
        }
        sent.accept(out);
        arrived.accept(in);
        sender.write(folder.resolve("sender"));
        recipient.write(folder.resolve("recipient"));
        Ledger all = new Ledger();
        all.add(Ledger.read(folder.resolve("sender")));
        all.add(Ledger.read(folder.resolve("recipient")));
        return all.judge();
    }

    private static void arrive(Tally tally, int from, int to) {
        for (int i = from; i < to; i++) {
            tally.arrived(i, 1_000L + i);
        }
    }

    @Test
    void what_arrives_once_and_in_order_is_clean() throws IOException {
        Verdict verdict = after(sent -> {}, arrived -> arrive(arrived, 0, 10));
        assertThat(verdict.isClean()).isTrue();
        assertThat(verdict.accepted()).isEqualTo(10);
        assertThat(verdict.arrived()).isEqualTo(10);
    }

    @Test
    void a_lost_message_is_counted_and_named() throws IOException {
        Verdict verdict = after(sent -> {}, arrived -> {
            arrive(arrived, 0, 4);
            arrive(arrived, 5, 10);
        });
        assertThat(verdict.faults("lost")).isEqualTo(1);
        assertThat(verdict.examples()).containsExactly("1 lost from alice to bob, first no. 4");
    }

    @Test
    void a_message_that_comes_twice_is_counted() throws IOException {
        Verdict verdict = after(sent -> {}, arrived -> {
            arrive(arrived, 0, 10);
            arrived.arrived(3, 2_000);
        });
        assertThat(verdict.faults("duplicated")).isEqualTo(1);
        assertThat(verdict.faults("reordered")).isZero();
    }

    @Test
    void a_seq_that_comes_twice_is_counted() throws IOException {
        Verdict verdict = after(sent -> {}, arrived -> {
            arrive(arrived, 0, 10);
            arrived.repeated();
        });
        assertThat(verdict.faults("duplicated")).isEqualTo(1);
    }

    @Test
    void a_message_that_overtakes_another_is_counted() throws IOException {
        Verdict verdict = after(sent -> {}, arrived -> {
            arrive(arrived, 0, 3);
            arrived.arrived(4, 1_004);
            arrived.arrived(3, 1_003);
            arrive(arrived, 5, 10);
        });
        assertThat(verdict.faults("reordered")).isEqualTo(1);
        assertThat(verdict.faults("lost")).isZero();
    }

    @Test
    void a_message_that_nobody_sent_is_counted() throws IOException {
        Verdict verdict = after(sent -> {}, arrived -> arrive(arrived, 0, 11));
        assertThat(verdict.faults("corrupted")).isEqualTo(1);
    }

    @Test
    void what_was_rejected_must_not_arrive() throws IOException {
        Verdict verdict = after(sent -> sent.refused(sent.send()), arrived -> arrive(arrived, 0, 11));
        assertThat(verdict.faults("rejected, yet delivered")).isEqualTo(1);
    }

    @Test
    void a_message_without_any_answer_is_counted_though_it_need_not_arrive() throws IOException {
        Verdict verdict = after(Tally::send, arrived -> arrive(arrived, 0, 10));
        assertThat(verdict.faults("never answered")).isEqualTo(1);
        assertThat(verdict.faults("lost")).isZero();
    }

    @Test
    void a_stamp_says_what_it_was_made_for_and_notices_every_changed_byte() {
        Stamp stamp = new Stamp();
        byte[] body = stamp.body(ALICE, BOB, 7, 99, 12_345, 40);
        assertThat(stamp.read(ALICE, BOB, body)).isTrue();
        assertThat(stamp.number()).isEqualTo(7);
        assertThat(stamp.id()).isEqualTo(99);
        assertThat(stamp.nanos()).isEqualTo(12_345);
        assertThat(stamp.read(BOB, ALICE, body)).isFalse();
        assertThat(stamp.read(ALICE, BOB, new byte[3])).isFalse();
        for (int at = 0; at < body.length; at++) {
            body[at] ^= 1;
            assertThat(stamp.read(ALICE, BOB, body)).as("byte %d", at).isFalse();
            body[at] ^= 1;
        }
    }
}
