package dev.heddle.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.Protocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Comparator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CleanerTest extends ShardOnDisk {
    private static final byte[] BODY = new byte[900];
    private static final long LIMIT = 1 << 20;

    private boolean isTight;

    @Override
    ShardOptions options() {
        ShardOptions roomy = super.options();
        return !isTight
                ? roomy
                : new ShardOptions(
                        roomy.inboxMessages(),
                        roomy.inboxBytes(),
                        roomy.messageAgeMillis(),
                        LIMIT,
                        roomy.frameLimit(),
                        roomy.residentUsers(),
                        roomy.watchesPerSession(),
                        roomy.watchesTotal(),
                        roomy.perUser(),
                        roomy.syncAlways());
    }

    private void send(SpokenTo from, long id, String to) throws IOException {
        send(from, id, to, BODY);
    }

    private void acknowledge(SpokenTo receiver) throws IOException {
        String last = receiver.heard.stream()
                .filter(each -> each.startsWith("deliver "))
                .toList()
                .getLast();
        ByteBuffer bytes = ByteBuffer.allocate(32);
        ClientFrames.ack(bytes, Long.parseLong(last.substring("deliver ".length())));
        apply(receiver, Protocol.ACK, bytes);
    }

    /** So many segments of messages that were delivered and acknowledged; returns the last id. */
    private long converse(SpokenTo from, long firstId, SpokenTo with, String name, int segments) throws IOException {
        long id = firstId;
        for (int sent = 0; sent < segments * SEGMENT; sent += BODY.length) {
            send(from, id++, name);
            acknowledge(with);
        }
        return id - 1;
    }

    @Test
    void what_waits_for_one_who_is_away_keeps_no_more_than_its_own_segment() throws IOException {
        SpokenTo alice = login("alice");
        long id = session(alice).firstId();
        send(alice, id, "bob");
        SpokenTo carol = login("carol");
        converse(alice, id + 1, carol, "carol", 40);

        assertThat(shard.logBytes()).isLessThan(10L * SEGMENT);
        open();
        SpokenTo bob = login("bob");
        assertThat(bob.heard).containsExactly("welcome", "deliver 1");
    }

    /** What becomes of the segment in which the run began. */
    enum Began {
        THERE,
        GONE
    }

    @ParameterizedTest
    @EnumSource
    void that_a_run_began_after_a_crash_is_not_forgotten(Began began) throws IOException {
        SpokenTo alice = login("alice");
        SpokenTo carol = login("carol");
        send(alice, session(alice).firstId(), began == Began.THERE ? "dave" : "carol");
        converse(alice, session(alice).firstId() + 1, carol, "carol", 12);

        open();
        String itsSegment = disk.list().stream()
                .filter(name -> name.endsWith(".log"))
                .max(Comparator.naturalOrder())
                .orElseThrow();
        alice = login("alice");
        carol = login("carol");
        long id = converse(alice, session(alice).firstId(), carol, "carol", 12) + 1;
        if (began == Began.GONE) {
            // Nobody else's state stands where the run began.
            shard.close(session(alice));
            cycle();
            alice = login("alice");
            id = session(alice).firstId();
        }
        SpokenTo bob = login("bob");
        // Time for another clock record, which takes the place of the one that the run began with.
        millis += 13 * 3_600_000;
        cycle();
        cycle();
        send(alice, id, "bob");
        assertThat(bob.flags).containsExactly(0);
        assertThat(disk.list().contains(itsSegment)).isEqualTo(began == Began.THERE);

        open();
        bob = login("bob");
        assertThat(bob.flags).as("sent before").containsExactly(1);
        alice = login("alice");
        send(alice, session(alice).firstId(), "bob");
        assertThat(bob.heard.getLast()).as("of the third run").isEqualTo("deliver " + ((2L << 32) + 1));
    }

    /** What comes between a last word and the drops that could take it away. */
    enum Between {
        NOTHING,
        CRASH,
        STOP
    }

    @ParameterizedTest
    @EnumSource
    void how_far_the_ids_of_somebody_have_come_who_has_gone_silent_is_not_forgotten(Between between)
            throws IOException {
        SpokenTo alice = login("alice");
        SpokenTo carol = login("carol");
        send(alice, session(alice).firstId(), "carol");
        acknowledge(carol);
        long next = converse(alice, session(alice).firstId() + 1, carol, "carol", 3) + 1;
        SpokenTo dave = login("dave");
        next = converse(alice, next, carol, "carol", 2) + 1;
        long id = session(dave).firstId();
        send(dave, id, "carol");
        acknowledge(carol);
        if (between == Between.STOP) {
            assertThat(opened.checkpoint().balances()).isTrue();
            opened.close();
        }
        if (between != Between.NOTHING) {
            open();
            alice = login("alice");
            carol = login("carol");
            next = session(alice).firstId();
        }
        converse(alice, next, carol, "carol", 40);

        open();
        dave = login("dave");
        send(dave, id, "carol");
        assertThat(dave.heard).contains("rejected " + id + " DUPLICATE");
    }

    @Test
    void a_shard_is_at_rest_when_no_tick_would_do_anything_and_not_before() throws IOException {
        cycles(1100);
        assertThat(shard.isAtRest()).isTrue();
        SpokenTo alice = login("alice");
        SpokenTo bob = login("bob");
        assertThat(shard.isAtRest()).as("a state waits until it has been quiet").isFalse();
        cycles(1100);
        assertThat(shard.isAtRest()).isTrue();

        ByteBuffer watch = ByteBuffer.allocate(64);
        ClientFrames.watch(watch, "bob".getBytes(UTF_8));
        apply(alice, Protocol.WATCH, watch);
        cycles(1100);
        assertThat(shard.isAtRest()).isTrue();
        shard.close(session(bob));
        cycle();
        login("bob");
        assertThat(shard.isAtRest()).as("a notice has to wait for its second").isFalse();
        cycles(1100);
        assertThat(shard.isAtRest()).isTrue();

        send(alice, session(alice).firstId(), "bob");
        assertThat(shard.isAtRest()).as("the watermark is behind").isFalse();
        cycles(1100);
        assertThat(shard.isAtRest()).isTrue();
    }

    private void cycles(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            cycle();
        }
    }

    @Test
    void a_conversation_keeps_nothing_because_others_are_written_to_between_its_parts() throws IOException {
        SpokenTo alice = login("alice");
        SpokenTo carol = login("carol");
        long next = session(alice).firstId();
        for (int part = 0; part < 12; part++) {
            send(alice, next, "away-" + part);
            next = converse(alice, next + 1, carol, "carol", 4) + 1;
        }
        // One for each of those that wait, and what is open.
        assertThat(shard.logBytes()).isLessThan(16L * SEGMENT);
    }

    @Test
    void a_message_that_waits_in_each_segment_does_not_fill_storage_however_much_comes_between_two_ticks()
            throws IOException {
        isTight = true;
        open();
        SpokenTo alice = login("alice");
        SpokenTo carol = login("carol");
        long next = session(alice).firstId();
        int away = 0;
        // Some segments full come between two ticks.
        for (int part = 0; part < 100; part++) {
            for (int sent = 0; sent < 6 * SEGMENT; sent += BODY.length) {
                if (sent % SEGMENT < BODY.length) {
                    sendOnly(alice, next++, "away-" + away++ % 10, new byte[1]);
                }
                sendOnly(alice, next++, "carol", BODY);
                acknowledgeOnly(carol);
                shard.endCycle();
            }
            cycle();
            cycle();
            assertThat(shard.isStorageFull()).as("part %d", part).isFalse();
        }
        assertThat(alice.heard).noneMatch(each -> each.startsWith("rejected"));
    }

    private void acknowledgeOnly(SpokenTo receiver) {
        ByteBuffer bytes = ByteBuffer.allocate(32);
        ClientFrames.ack(bytes, Long.parseLong(receiver.heard.getLast().substring("deliver ".length())));
        applyOnly(receiver, Protocol.ACK, bytes);
    }
}
