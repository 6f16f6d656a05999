package dev.heddle.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.time.Instant;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A shard whose wall clock is set while it runs and while it does not; the test turns it. */
class ShardClockTest {
    private static final long DAY = 86_400_000L;
    private static final LogOptions LOG = new LogOptions(1 << 16, 1 << 18, 2048, 4096, 7);
    private static final ShardOptions OPTIONS =
            new ShardOptions(1000, 1 << 20, 30 * DAY, 1L << 32, 1024, 16, 5, 100, Allowance.UNLIMITED, true);
    private static final long NOW = Instant.parse("2026-11-30T12:00:00Z").toEpochMilli();

    private FaultyDisk disk = new FaultyDisk(new Random(1));
    private long wall = NOW;
    private long elapsed = 5_000_000;

    @SuppressWarnings("NullAway.Init") // each test starts one
    private ShardFolder folder;

    @SuppressWarnings("NullAway.Init")
    private Shard shard;

    /** A run begins: on what a crash has left if nothing else was done before. */
    private void start() throws IOException {
        disk.kill();
        open();
        folder.begin();
        shard.time(wall, elapsed);
    }

    private void open() throws IOException {
        folder = ShardFolder.open(
                disk, LOG, OPTIONS, new MapUserStore(100), () -> ByteBuffer.allocate(SlotMemory.CHUNK_BYTES), 1, wall);
        shard = folder.shard();
    }

    private void stop() throws IOException {
        assertThat(folder.checkpoint().balances()).isTrue();
        folder.close();
    }

    private void pass(long millis) throws IOException {
        wall += millis;
        elapsed += millis;
        cycle();
    }

    private void cycle() throws IOException {
        shard.time(wall, elapsed);
        shard.endCycle();
        shard.tick();
        shard.endCycle();
        force();
    }

    private void force() throws IOException {
        ForceRequest force = shard.takeForce();
        if (force != null) {
            force.run();
            shard.forced(force);
            shard.endCycle();
        }
    }

    private SpokenTo login(String user) throws IOException {
        return login(user, 0);
    }

    private SpokenTo login(String user, long cursor) throws IOException {
        SpokenTo client = new SpokenTo();
        Outcome _ = shard.login(client, user.getBytes(UTF_8), cursor, true);
        cycle();
        return client;
    }

    private static Session session(SpokenTo client) {
        return Objects.requireNonNull(client.session);
    }

    private Outcome handle(SpokenTo from, int type, ByteBuffer bytes) {
        ClientFrame frame = new ClientFrame();
        assertThat(frame.parse(bytes, type, Protocol.LENGTH_BYTES + 1, bytes.position()))
                .isTrue();
        return shard.apply(session(from), frame, true);
    }

    private String send(SpokenTo from, long id, String to) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(200);
        ClientFrames.send(bytes, id, to.getBytes(UTF_8), "hi".getBytes(UTF_8));
        while (handle(from, Protocol.SEND, bytes) == Outcome.NEEDS_FORCE) {
            cycle();
        }
        cycle();
        return from.heard.getLast();
    }

    private Outcome ack(SpokenTo from, long seq) {
        ByteBuffer bytes = ByteBuffer.allocate(ClientFrames.ACK_BYTES);
        ClientFrames.ack(bytes, seq);
        return handle(from, Protocol.ACK, bytes);
    }

    private Outcome logout(SpokenTo from) {
        ByteBuffer bytes = ByteBuffer.allocate(ClientFrames.LOGOUT_BYTES);
        ClientFrames.logout(bytes);
        return handle(from, Protocol.LOGOUT, bytes);
    }

    private long lastSeen(String user) throws IOException {
        SpokenTo asker = login("asker");
        ByteBuffer bytes = ByteBuffer.allocate(200);
        ClientFrames.query(bytes, 1, user.getBytes(UTF_8));
        assertThat(handle(asker, Protocol.QUERY, bytes)).isEqualTo(Outcome.DONE);
        return asker.lastSeen;
    }

    private static long delivered(SpokenTo client) {
        return client.heard.stream()
                .filter(heard -> heard.startsWith("deliver"))
                .count();
    }

    private static long firstMillis(SpokenTo client) {
        return session(client).firstId() >>> IdClock.ID_BITS;
    }

    private void sendThree() throws IOException {
        SpokenTo alice = login("alice");
        for (int i = 0; i < 3; i++) {
            assertThat(send(alice, session(alice).firstId() + i, "bob")).startsWith("accepted");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {31 * DAY, 500 * 365 * DAY, -3_600_000, -300 * DAY})
    void a_step_of_the_wall_expires_nothing_and_all_that_people_read_is_right_again_after_it(long step)
            throws IOException {
        start();
        sendThree();
        wall += step;
        cycle();
        SpokenTo during = login("carol");
        assertThat(during.serverTime).isEqualTo(wall);
        sendThree();
        assertThat(delivered(login("bob"))).isEqualTo(6);
        wall -= step;
        cycle();
        assertThat(lastSeen("bob")).as("last seen, never in the future").isLessThanOrEqualTo(wall);
        SpokenTo after = login("carol");
        assertThat(after.serverTime).isEqualTo(wall);
        SpokenTo bob = login("bob");
        assertThat(delivered(bob)).isEqualTo(6);
        sendThree();
        assertThat(bob.acceptedAt).isEqualTo(wall);
        shard.close(session(bob));
        assertThat(lastSeen("bob")).isEqualTo(wall);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_restart_while_the_wall_is_wrong_expires_nothing_either(boolean clean) throws IOException {
        start();
        sendThree();
        long right = wall;
        for (long wrong : new long[] {31 * DAY, -200 * DAY, 100 * DAY, 0}) {
            if (clean) {
                stop();
            }
            wall = right + wrong;
            start();
            pass(3_600_000);
            assertThat(delivered(login("bob")))
                    .as("wall off by %d days", wrong / DAY)
                    .isEqualTo(3);
        }
        assertThat(login("bob").serverTime).isEqualTo(wall);
    }

    @Test
    void a_machine_that_begins_in_the_past_and_hears_the_time_keeps_what_it_accepted_before() throws IOException {
        wall = Instant.parse("2026-02-01T00:00:00Z").toEpochMilli();
        start();
        sendThree();
        wall = NOW;
        cycle();
        assertThat(delivered(login("bob"))).isEqualTo(3);
        pass(14 * DAY);
        assertThat(delivered(login("bob"))).isEqualTo(3);
    }

    @Test
    void messages_expire_when_their_time_is_over_also_time_without_a_server() throws IOException {
        start();
        sendThree();
        pass(30 * DAY - 1000);
        assertThat(delivered(login("bob"))).isEqualTo(3);
        pass(1000);
        assertThat(delivered(login("bob"))).isZero();

        sendThree();
        stop();
        wall += 40 * DAY;
        start();
        assertThat(delivered(login("bob"))).as("at once").isEqualTo(3);
        pass(15 * DAY + 1000);
        assertThat(delivered(login("bob"))).as("at twice the speed").isZero();
    }

    @Test
    void clean_starts_give_no_ids_away_and_starts_that_fail_nothing_at_all() throws IOException {
        start();
        long last = firstMillis(login("alice"));
        for (int i = 0; i < 100; i++) {
            stop();
            wall += 10;
            for (int failed = 0; failed < 3; failed++) {
                open();
                folder.close();
            }
            start();
            assertThat(folder.opened().clean()).isTrue();
            long next = firstMillis(login("alice"));
            assertThat(next).isGreaterThan(last).isLessThan(wall + 1000);
            last = next;
        }
        assertThat(shard.epoch()).as("crashes").isZero();
    }

    @Test
    void a_crash_puts_ids_an_hour_ahead_at_most() throws IOException {
        start();
        long before = firstMillis(login("alice"));
        start();
        assertThat(firstMillis(login("alice"))).isBetween(before + 1, wall + 3_600_000 + 10);
    }

    @Test
    void copies_of_copies_gain_a_day_each_at_most() throws IOException {
        start();
        SpokenTo alice = login("alice");
        for (int copy = 0; copy < 60; copy++) {
            assertThat(send(alice, session(alice).firstId(), "bob")).startsWith("accepted");
            FaultyDisk next = new FaultyDisk(new Random(copy));
            Frozen frozen = Objects.requireNonNull(shard.freeze());
            new LogCopy(disk, frozen.log(), next, bytes -> {}).run();
            ShardFolder.markCopied(next);
            shard.thaw();
            disk = next;
            wall += 60_000;
            start();
            SpokenTo again = login("alice");
            assertThat(firstMillis(again)).isGreaterThan(firstMillis(alice));
            alice = again;
        }
        assertThat(firstMillis(alice)).isLessThan(wall + Beginning.LEAD_MILLIS + 62 * DAY);
        assertThat(delivered(login("bob"))).as("a window of sixty").isEqualTo(16);
    }

    @Test
    void seqs_and_ids_beyond_the_half_of_their_range_are_above_those_before() throws IOException {
        start();
        sendThree();
        FaultyDisk copy = new FaultyDisk(new Random(2));
        Frozen frozen = Objects.requireNonNull(shard.freeze());
        new LogCopy(disk, frozen.log(), copy, bytes -> {}).run();
        ShardFolder.markCopied(copy);
        disk = copy;
        wall = Instant.parse("2159-12-31T00:00:00Z").toEpochMilli();
        start();
        assertThat(shard.epoch() << 32).as("a seq with a sign").isNegative();
        sendThree();
        SpokenTo bob = login("bob");
        assertThat(delivered(bob)).isEqualTo(6);
        long last = Long.parseLong(bob.heard.getLast().replace("deliver ", ""));
        assertThat(ack(bob, last - 1)).isEqualTo(Outcome.DONE);
        cycle();

        for (boolean clean : new boolean[] {true, false}) {
            if (clean) {
                stop();
            }
            start();
            assertThat(delivered(login("bob", last - 1))).isEqualTo(1);
            assertThat(login("bob", last).heard).containsExactly("welcome");
            sendThree();
            bob = login("bob", last);
            assertThat(delivered(bob)).isEqualTo(3);
            last = Long.parseLong(bob.heard.getLast().replace("deliver ", ""));
            assertThat(ack(bob, last - 1)).isEqualTo(Outcome.DONE);
            cycle();
        }
    }

    @Test
    void ids_above_half_of_their_range_go_on_and_at_its_end_the_log_is_refused() throws IOException {
        assertThatThrownBy(() -> Beginning.after(1, IdClock.END_MILLIS - DAY, true))
                .hasMessageContaining("ids of this log are used up");
        assertThatThrownBy(() -> Beginning.after(1, 1L << 60, true)).hasMessageContaining("used up");
        assertThatThrownBy(() -> Beginning.after((1L << 32) - 1, NOW, false))
                .hasMessageContaining("seqs of this log are used up");
        assertThat(Beginning.after(1, (1L << 43) + DAY, true).reservedMillis()).isEqualTo((1L << 43) + DAY);
    }

    @Test
    void what_is_not_allowed_changes_nothing() throws IOException {
        start();
        SpokenTo alice = login("alice");
        long id = session(alice).firstId();
        send(alice, id, "bob");
        for (long ahead : new long[] {1L << 62, -1L, Long.MIN_VALUE, id + (1L << 40)}) {
            assertThat(send(alice, ahead, "bob")).isEqualTo("rejected " + ahead + " NOT_ALLOWED");
        }
        assertThat(send(alice, id, "bob")).isEqualTo("rejected " + id + " DUPLICATE");
        assertThat(send(alice, id + 1, "bob")).startsWith("accepted");
        assertThat(send(alice, id, "bob")).isEqualTo("rejected " + id + " DUPLICATE");
        start();
        SpokenTo again = login("alice");
        assertThat(send(again, id + 1, "bob")).isEqualTo("rejected " + (id + 1) + " DUPLICATE");
        assertThat(delivered(login("bob"))).isEqualTo(2);
    }

    @Test
    void an_id_that_was_refused_as_ahead_of_its_time_is_never_called_a_duplicate() throws IOException {
        start();
        SpokenTo alice = login("alice");
        long id = session(alice).firstId();
        long early = id + (1L << IdClock.ID_BITS) * 50;
        assertThat(send(alice, early, "bob")).isEqualTo("rejected " + early + " NOT_ALLOWED");
        pass(1000);
        assertThat(send(alice, early + 1, "bob")).startsWith("accepted");
        assertThat(send(alice, early, "bob")).isEqualTo("rejected " + early + " TOO_OLD");
        assertThat(send(alice, early + 1, "bob")).isEqualTo("rejected " + (early + 1) + " DUPLICATE");
    }

    @Test
    void a_login_with_a_wrong_cursor_makes_nobody_known() throws IOException {
        start();
        assertThat(login("nobody", 1L << 40).heard).containsExactly("goodbye BAD_ACK");
        assertThat(shard.users()).isZero();
    }

    @Test
    void bye_is_said_when_what_was_acknowledged_before_it_is_durable() throws IOException {
        start();
        sendThree();
        SpokenTo bob = login("bob");
        pass(5000);
        pass(5000);
        long last = Long.parseLong(bob.heard.getLast().replace("deliver ", ""));
        assertThat(ack(bob, last)).isEqualTo(Outcome.DONE);
        Outcome outcome = logout(bob);
        assertThat(outcome).isEqualTo(Outcome.NEEDS_FORCE);
        shard.endCycle();
        force();
        assertThat(logout(bob)).isEqualTo(Outcome.ENDED);
        shard.endCycle();
        assertThat(bob.heard).endsWith("goodbye BYE");
        disk.powerCut();
        start();
        assertThat(login("bob").heard).containsExactly("welcome");
    }

    @Test
    void who_has_acknowledged_nothing_hears_bye_at_once() throws IOException {
        start();
        SpokenTo bob = login("bob");
        assertThat(logout(bob)).isEqualTo(Outcome.ENDED);
    }

    @Test
    void a_crash_after_quiet_hours_ends_sessions_about_when_it_came() throws IOException {
        start();
        SpokenTo _ = login("bob");
        for (int second = 0; second < 7 * 3600; second += 10) {
            pass(10_000);
        }
        long crash = wall;
        wall += 3_600_000;
        start();
        assertThat(lastSeen("bob")).isBetween(crash - 70_000, crash);
    }

    @Test
    void a_crash_after_the_wall_was_set_back_ends_sessions_when_it_came() throws IOException {
        wall = NOW + 31 * DAY;
        start();
        SpokenTo _ = login("bob");
        pass(1000);
        wall = NOW;
        cycle();
        pass(1000);
        long crash = wall;
        wall += 3_600_000;
        start();
        assertThat(lastSeen("bob")).isBetween(crash - 70_000, crash);
    }

    @Test
    void an_idle_log_grows_by_a_record_a_minute_while_somebody_is_here_and_not_otherwise() throws IOException {
        start();
        SpokenTo bob = login("bob");
        pass(5000);
        long before = shard.logBytes();
        for (int minute = 0; minute < 60; minute++) {
            pass(60_000);
        }
        assertThat(shard.logBytes() - before).isBetween(60 * 33L, 70 * 120L);
        shard.close(session(bob));
        pass(5000);
        before = shard.logBytes();
        for (int second = 0; second < 600; second++) {
            pass(1000);
        }
        assertThat(shard.logBytes() - before).isLessThan(200);
    }

    @Test
    void after_a_kill_only_what_a_window_can_have_held_is_marked_as_sent_before() throws IOException {
        start();
        SpokenTo alice = login("alice");
        for (int i = 0; i < 100; i++) {
            send(alice, session(alice).firstId() + i, "bob");
        }
        SpokenTo bob = login("bob");
        assertThat(delivered(bob)).isEqualTo(16);
        start();
        assertThat(login("bob").flags).as("sixteen at a time").containsOnly(1).hasSize(16);
        start();
        bob = login("bob");
        long acked = 0;
        while (delivered(bob) < 100) {
            long last = Long.parseLong(bob.heard.getLast().replace("deliver ", ""));
            assertThat(last).isGreaterThan(acked);
            acked = last;
            assertThat(ack(bob, last)).isEqualTo(Outcome.DONE);
            shard.endCycle();
            if (delivered(bob) == 16 + 32) {
                break;
            }
        }
        long sent = Long.parseLong(bob.heard.getLast().replace("deliver ", ""));
        assertThat(bob.flags.subList(0, 16)).containsOnly(1);
        assertThat(bob.flags.subList(16, bob.flags.size())).containsOnly(0);
        // No tick, so nothing was written but what had to be.
        start();
        bob = login("bob", acked);
        while (delivered(bob) < 84) {
            long last = Long.parseLong(bob.heard.getLast().replace("deliver ", ""));
            assertThat(ack(bob, last)).isEqualTo(Outcome.DONE);
            shard.endCycle();
        }
        assertThat(bob.flags.stream().filter(flag -> flag == 1).count())
                .as("marked, of those above %d that were sent up to %d", acked, sent)
                .isEqualTo(sent - acked);
    }
}
