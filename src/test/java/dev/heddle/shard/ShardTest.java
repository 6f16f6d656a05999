package dev.heddle.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.log.FaultyDisk;
import dev.heddle.log.ForceRequest;
import dev.heddle.log.LogCopy;
import dev.heddle.log.LogOptions;
import dev.heddle.sim.MapUserStore;
import dev.heddle.wire.ClientFrame;
import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.Protocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShardTest {
    /** A message a second. */
    private static final ShardOptions OPTIONS = new ShardOptions(
            1000, 1 << 20, 1_000_000_000L, 1 << 28, 1 << 16, 16, 5, 100, new Allowance(1, 0, 0), false);

    private final FaultyDisk disk = new FaultyDisk(new Random(1));

    private Shard open(long wall) throws IOException {
        return open(disk, wall);
    }

    private static Shard open(FaultyDisk disk, long wall) throws IOException {
        disk.kill();
        LogOptions log = new LogOptions(1 << 20, 1 << 18, (1 << 16) + 1024, 4096, 7);
        ShardFolder folder = ShardFolder.open(
                disk, log, OPTIONS, new MapUserStore(100), () -> ByteBuffer.allocate(SlotMemory.CHUNK_BYTES), 1, wall);
        folder.begin();
        Shard shard = folder.shard();
        shard.time(wall, 0);
        return shard;
    }

    private static SpokenTo login(Shard shard, String user) {
        return login(shard, user, 0);
    }

    private static SpokenTo login(Shard shard, String user, long cursor) {
        SpokenTo client = new SpokenTo();
        assertThat(shard.login(client, user.getBytes(UTF_8), cursor, true)).isEqualTo(Outcome.DONE);
        return client;
    }

    private static Session session(SpokenTo client) {
        return Objects.requireNonNull(client.session);
    }

    private static void apply(Shard shard, SpokenTo from, int type, ByteBuffer bytes) {
        ClientFrame frame = new ClientFrame();
        assertThat(frame.parse(bytes, type, Protocol.LENGTH_BYTES + 1, bytes.position()))
                .isTrue();
        assertThat(shard.apply(session(from), frame, true)).isEqualTo(Outcome.DONE);
    }

    private static void send(Shard shard, SpokenTo from, String to) {
        ByteBuffer bytes = ByteBuffer.allocate(200);
        ClientFrames.send(bytes, session(from).firstId(), to.getBytes(UTF_8), "hi".getBytes(UTF_8));
        apply(shard, from, Protocol.SEND, bytes);
    }

    private static long lastSeen(Shard shard, SpokenTo asker, String user) {
        ByteBuffer bytes = ByteBuffer.allocate(200);
        ClientFrames.query(bytes, 1, user.getBytes(UTF_8));
        apply(shard, asker, Protocol.QUERY, bytes);
        return asker.lastSeen;
    }

    @Test
    void who_comes_back_owes_what_it_owed_even_when_it_has_left_the_heap() throws IOException {
        Shard shard = open(1_000_000);
        Session alice = session(login(shard, "alice"));
        assertThat(shard.charge(alice, 50, 0, 0)).isEqualTo(50_000);
        shard.close(alice);
        Session again = session(login(shard, "alice"));
        assertThat(shard.charge(again, 50, 0, 0)).isEqualTo(100_000);

        shard.close(again);
        for (int i = 0; i < 90; i++) {
            shard.close(session(login(shard, "user-" + i)));
            shard.endCycle();
        }
        shard.time(1_000_000, 30_000);
        assertThat(shard.charge(session(login(shard, "alice")), 0, 0, 0)).isEqualTo(70_000);
    }

    @Test
    void who_was_cut_off_by_one_crash_is_not_thought_online_at_the_next() throws IOException {
        Shard first = open(1_000_000);
        SpokenTo _ = login(first, "bob");
        send(first, login(first, "alice"), "carol");
        first.endCycle();

        Shard second = open(5_000_000);
        SpokenTo alice = login(second, "alice");
        long lastSeen = lastSeen(second, alice, "bob");
        send(second, alice, "bob");
        second.endCycle();

        Shard third = open(9_000_000);
        assertThat(lastSeen(third, login(third, "alice"), "bob"))
                .isEqualTo(lastSeen)
                .isLessThan(5_000_000);
        SpokenTo bob = login(third, "bob");
        assertThat(bob.flags)
                .as("flags of a message that was never sent to him")
                .containsExactly(0);
    }

    @Test
    void who_could_not_be_sent_a_message_for_want_of_memory_gets_it_when_there_is_some() throws IOException {
        Shard shard = open(1_000_000);
        SpokenTo bob = login(shard, "bob");
        bob.memory = false;
        send(shard, login(shard, "alice"), "bob");
        shard.endCycle();
        shard.tick();
        assertThat(bob.flags).isEmpty();

        bob.memory = true;
        shard.tick();
        shard.endCycle();
        assertThat(bob.flags).hasSize(1);
    }

    @Test
    void a_force_that_began_before_a_record_of_the_clock_does_not_make_that_safe() throws IOException {
        Shard shard = open(1_000_000);
        send(shard, login(shard, "alice"), "bob");
        shard.endCycle();
        shard.time(1_002_000, 2_000);
        shard.tick();
        ForceRequest earlier = Objects.requireNonNull(shard.takeForce(), "once it has been quiet");
        long reserved = shard.clock().reserved();

        shard.time(1_002_000, 14 * 3_600_000);
        shard.tick();
        shard.endCycle();
        earlier.run();
        shard.forced(earlier);
        assertThat(shard.clock().reserved()).isEqualTo(reserved);

        shard.endCycle();
        ForceRequest next = Objects.requireNonNull(shard.takeForce(), "for the clock");
        next.run();
        shard.forced(next);
        assertThat(shard.clock().reserved()).isGreaterThan(reserved);
    }

    @Test
    void a_copy_gives_away_no_seq_and_no_id_that_its_original_can_have_given_away_since() throws IOException {
        long wall = 1_800_000_000_000L;
        Shard original = open(wall);
        send(original, login(original, "alice"), "bob");
        original.endCycle();
        FaultyDisk elsewhere = new FaultyDisk(new Random(2));
        Frozen frozen = Objects.requireNonNull(original.freeze());
        assertThat(frozen.messages()).isEqualTo(1);
        new LogCopy(disk, frozen.log(), elsewhere, bytes -> {}).run();
        ShardFolder.markCopied(elsewhere);
        original.thaw();

        for (int crash = 0; crash < 20; crash++) {
            original = open(wall);
        }
        SpokenTo alice = login(original, "alice");
        SpokenTo bob = login(original, "bob");
        send(original, alice, "bob");
        original.endCycle();
        long cursor = Long.parseLong(bob.heard.getLast().replace("deliver ", ""));

        Shard copy = open(elsewhere, wall + 60_000);
        SpokenTo later = login(copy, "bob", cursor);
        assertThat(session(login(copy, "alice")).firstId())
                .isGreaterThan(session(alice).firstId());
        SpokenTo carol = login(copy, "carol");
        send(copy, carol, "bob");
        copy.endCycle();
        assertThat(Long.parseLong(later.heard.getLast().replace("deliver ", "")))
                .isGreaterThan(cursor);

        assertThat(elsewhere.list()).doesNotContain("copied");
        Shard again = open(elsewhere, wall + 60_000);
        assertThat(again.epoch()).as("a copy only once").isEqualTo(copy.epoch() + 1);
    }
}
