package dev.heddle.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a client does: it gets the code that the protocol names, and a pair beside it notices nothing. */
@ParameterizedClass(name = "{0} shards")
@ValueSource(strings = {"1", "2"})
final class BadInputTest {
    private static final int FRAME_LIMIT = 100_000;
    private static final int MALFORMED = 100;
    private static final int FRAME_TOO_LARGE = 101;
    private static final int UNSUPPORTED_VERSION = 102;
    private static final int LOGIN_REQUIRED = 103;
    private static final int LOGIN_TIMEOUT = 104;

    private final String shards;

    @TempDir
    private Path data;

    private RunningServer server;
    private HealthyPair pair;
    private PrintStream stderr;
    private final ByteArrayOutputStream complaints = new ByteArrayOutputStream();

    BadInputTest(String shards) {
        this.shards = shards;
    }

    @BeforeEach
    void start() throws Exception {
        stderr = System.err;
        System.setErr(new PrintStream(complaints, true, StandardCharsets.UTF_8));
        server = new RunningServer(
                data,
                "shards",
                shards,
                "frame.bytes",
                Integer.toString(FRAME_LIMIT),
                "login.seconds",
                "2",
                "heartbeat.seconds",
                "5");
        pair = new HealthyPair(server);
    }

    @AfterEach
    void stop() throws Exception {
        try {
            pair.stop();
            await().atMost(Duration.ofSeconds(10)).until(() -> server.server().connections() == 0);
        } finally {
            server.close();
            System.setErr(stderr);
        }
        assertThat(complaints.toString(StandardCharsets.UTF_8)).doesNotContain("Exception", "\tat ");
    }

    /** Two who talk to each other all the while, one message at a time. */
    private static final class HealthyPair {
        private final AtomicBoolean goesOn = new AtomicBoolean(true);
        private final AtomicLong exchanged = new AtomicLong();
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final Thread thread;

        HealthyPair(RunningServer server) {
            thread = Thread.ofPlatform().start(() -> {
                try (RawClient romeo = RawClient.login(server.port, "romeo", 0);
                        RawClient juliet = server.login("juliet")) {
                    long id = romeo.welcome().firstId();
                    while (goesOn.get()) {
                        romeo.send(id++, "juliet", "message " + id);
                        Frame.Deliver message = juliet.deliver();
                        assertThat(message.body()).isEqualTo("message " + id);
                        juliet.ack(message.seq());
                        romeo.expect(Frame.ACCEPTED);
                        exchanged.incrementAndGet();
                    }
                } catch (Throwable broken) {
                    failure.set(broken);
                }
            });
        }

        void stop() throws InterruptedException {
            long before = exchanged.get();
            await().atMost(Duration.ofSeconds(10)).until(() -> exchanged.get() > before + 5 || failure.get() != null);
            goesOn.set(false);
            thread.join();
            assertThat(failure.get()).as("what the healthy pair noticed").isNull();
        }
    }

    private interface Act {
        void on(RawClient client) throws IOException;
    }

    /** What a stranger hears who does this first. */
    private int goodbyeTo(Act act) throws Exception {
        try (RawClient client = server.connect()) {
            act.on(client);
            return client.expectGoodbye();
        }
    }

    /** What a user hears who does this. */
    private int goodbyeToUser(Act act) throws Exception {
        try (RawClient client = server.login("mallory")) {
            act.on(client);
            return client.expectGoodbye();
        }
    }

    @Test
    void before_login_everything_but_login_ends_the_connection() throws Exception {
        for (int type = 2; type <= 9; type++) {
            byte[] frame =
                    type == 2 ? RawClient.sendFrame(1, "bob", "x") : RawClient.frame(type, out -> out.writeLong(1));
            assertThat(goodbyeTo(client -> client.write(frame)))
                    .as("type %d", type)
                    .isEqualTo(LOGIN_REQUIRED);
        }
        for (int type : new int[] {0, 10, 0x7f, 0x81, 0xff}) {
            assertThat(goodbyeTo(client -> client.write(RawClient.frame(type, out -> {}))))
                    .as("type %d", type)
                    .isEqualTo(MALFORMED);
        }
    }

    @Test
    void a_login_that_is_none_is_told_why() throws Exception {
        assertThat(goodbyeTo(client -> client.write(RawClient.loginFrame(2, "alice", 0))))
                .isEqualTo(UNSUPPORTED_VERSION);
        assertThat(goodbyeTo(client -> client.write(RawClient.loginFrame(1, "", 0))))
                .isEqualTo(MALFORMED);
        assertThat(goodbyeTo(client -> client.write(RawClient.loginFrame(1, "a\u0000b", 0))))
                .isEqualTo(MALFORMED);
        assertThat(goodbyeTo(client -> client.write(RawClient.loginFrame(1, "x".repeat(129), 0))))
                .isEqualTo(MALFORMED);
        assertThat(goodbyeTo(client -> client.write(RawClient.frame(1, out -> {
                    out.writeByte(1);
                    out.write(new byte[] {3, (byte) 0xe2, (byte) 0x82, 'x'});
                    out.writeLong(0);
                    out.writeShort(0);
                }))))
                .isEqualTo(MALFORMED);
        assertThat(goodbyeTo(client -> client.write(RawClient.frame(1, out -> out.writeByte(1)))))
                .isEqualTo(MALFORMED);
        assertThat(goodbyeTo(client -> client.write(RawClient.frame(1, out -> {
                    out.writeByte(1);
                    RawClient.str(out, "alice");
                    out.writeLong(0);
                    out.writeShort(7);
                    out.writeByte(1);
                }))))
                .isEqualTo(MALFORMED);
    }

    @Test
    void lengths_that_cannot_be_end_the_connection_before_anything_is_read() throws Exception {
        byte[][] huge = {{0, 1, (byte) 0x86, (byte) 0xa1}, {0x7f, -1, -1, -1}, {-1, -1, -1, -1}, {-128, 0, 0, 0}};
        for (byte[] length : huge) {
            assertThat(goodbyeToUser(client -> client.write(length))).isEqualTo(FRAME_TOO_LARGE);
        }
        assertThat(goodbyeTo(client -> client.write(new byte[] {-1, -1, -1, -1})))
                .isEqualTo(FRAME_TOO_LARGE);
        assertThat(goodbyeTo(client -> client.write(new byte[4]))).isEqualTo(MALFORMED);
        assertThat(goodbyeToUser(client -> client.write(new byte[4]))).isEqualTo(MALFORMED);
    }

    @Test
    void frames_of_a_wrong_shape_end_the_session() throws Exception {
        assertThat(goodbyeToUser(client -> client.write(RawClient.frame(3, out -> out.writeInt(1)))))
                .isEqualTo(MALFORMED);
        assertThat(goodbyeToUser(client -> client.write(RawClient.frame(9, out -> out.writeByte(1)))))
                .isEqualTo(MALFORMED);
        assertThat(goodbyeToUser(client -> client.write(RawClient.frame(0x42, out -> {}))))
                .isEqualTo(MALFORMED);
        assertThat(goodbyeToUser(client -> client.write(RawClient.loginFrame(1, "mallory", 0))))
                .isEqualTo(MALFORMED);
        assertThat(goodbyeToUser(client -> client.query(1, "a\nb"))).isEqualTo(MALFORMED);
        assertThat(goodbyeToUser(client -> client.watch(""))).isEqualTo(MALFORMED);
        assertThat(goodbyeToUser(client -> client.write(RawClient.frame(2, out -> {
                    out.writeLong(5);
                    out.writeByte(200);
                    out.writeByte('x');
                }))))
                .isEqualTo(MALFORMED);
    }

    @Test
    void what_was_sent_before_the_bad_frame_counts() throws Exception {
        long id;
        try (RawClient alice = RawClient.login(server.port, "alice", 0)) {
            id = alice.welcome().firstId();
            ByteArrayOutputStream burst = new ByteArrayOutputStream();
            for (int i = 0; i < 5; i++) {
                burst.writeBytes(RawClient.sendFrame(id + i, "bob", "m" + i));
            }
            burst.writeBytes(RawClient.frame(0x42, out -> {}));
            alice.write(burst.toByteArray());
            Frame frame = alice.next();
            while (frame.type() == Frame.ACCEPTED) {
                frame = alice.next();
            }
            assertThat(frame.type()).isEqualTo(Frame.GOODBYE);
            assertThat(frame.code()).isEqualTo(MALFORMED);
        }
        try (RawClient alice = server.login("alice")) {
            for (int i = 0; i < 5; i++) {
                alice.send(id + i, "bob", "m" + i);
            }
            alice.send(id + 5, "bob", "m5");
            while (true) {
                Frame frame = alice.next();
                if (frame.type() == Frame.ACCEPTED && frame.number() == id + 5) {
                    break;
                }
            }
        }
        try (RawClient bob = server.login("bob")) {
            for (int i = 0; i < 6; i++) {
                assertThat(bob.deliver().body()).isEqualTo("m" + i);
            }
        }
    }

    @Test
    void garbage_ends_in_a_goodbye_or_in_silence_and_nothing_else() throws Exception {
        long seed = Long.getLong("heddle.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 150; i++) {
            byte[] garbage = new byte[2 + random.nextInt(3000)];
            random.nextBytes(garbage);
            if (random.nextBoolean()) {
                garbage[0] = 0;
                garbage[1] = 0;
            }
            try (RawClient client = random.nextBoolean() ? server.connect() : server.login("mallory")) {
                client.write(garbage);
                client.endOutput();
                Frame frame = client.read();
                while (frame != null) {
                    int type = frame.type();
                    assertThat(type).as("-Dheddle.seed=%d", seed).isBetween(Frame.WELCOME, Frame.GOODBYE);
                    frame = client.read();
                }
            } catch (IOException reset) {
                // The server did not wait for the rest of the garbage.
            }
        }
    }

    @Test
    void a_login_a_byte_at_a_time_is_a_login_and_a_cut_one_is_nothing() throws Exception {
        try (RawClient slow = server.connect();
                RawClient cut = server.connect()) {
            byte[] login = RawClient.loginFrame(1, "slow", 0);
            for (byte each : login) {
                slow.write(new byte[] {each});
            }
            long id = slow.welcome().firstId();
            for (byte each : RawClient.sendFrame(id, "bob", "slowly")) {
                slow.write(new byte[] {each});
            }
            assertThat(slow.expect(Frame.ACCEPTED).number()).isEqualTo(id);
            cut.write(Arrays.copyOf(login, login.length - 1));
            cut.endOutput();
            assertThat(cut.read()).isNull();
        }
    }

    @Test
    void who_never_logs_in_is_sent_away_five_thousand_of_them_too() throws Exception {
        List<RawClient> strangers = new ArrayList<>();
        try {
            for (int i = 0; i < 5000; i++) {
                RawClient stranger = server.connect();
                strangers.add(stranger);
                if (i % 3 == 1) {
                    stranger.write(new byte[] {0, 0});
                } else if (i % 3 == 2) {
                    stranger.write(Arrays.copyOf(RawClient.loginFrame(1, "never", 0), 9));
                }
            }
            for (RawClient stranger : strangers) {
                assertThat(stranger.expectGoodbye()).isEqualTo(LOGIN_TIMEOUT);
            }
        } finally {
            for (RawClient stranger : strangers) {
                stranger.close();
            }
        }
    }

    @Test
    void who_sends_and_never_reads_is_slowed_and_loses_nothing() throws Exception {
        int queries = 200_000;
        try (RawClient deaf = new RawClient(server.port, 4096)) {
            deaf.write(RawClient.loginFrame(1, "deaf", 0));
            AtomicLong written = new AtomicLong();
            Thread writer = Thread.ofPlatform().start(() -> {
                try {
                    for (int i = 0; i < queries; i += 200) {
                        deaf.write(queries(i, i + 200));
                        written.addAndGet(200);
                    }
                } catch (IOException broken) {
                    written.set(-1);
                }
            });
            // TCP holds it back before it is through: its answers have nowhere to go.
            long[] before = {-1};
            await().atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(300))
                    .until(() -> before[0] == (before[0] = written.get()));
            assertThat(written.get()).isBetween(1L, queries - 1L);
            deaf.welcome();
            for (int i = 0; i < queries; i++) {
                assertThat(deaf.expect(Frame.PRESENCE).presence().tag()).isEqualTo(i);
            }
            writer.join();
        }
    }

    private static byte[] queries(int from, int to) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int tag = from; tag < to; tag++) {
            int number = tag;
            bytes.writeBytes(RawClient.frame(4, out -> {
                out.writeInt(number);
                RawClient.str(out, "romeo");
            }));
        }
        return bytes.toByteArray();
    }

    @Test
    void who_reads_slowly_gets_everything_in_order() throws Exception {
        int messages = 400;
        try (RawClient alice = RawClient.login(server.port, "alice", 0);
                RawClient slow = new RawClient(server.port, 4096)) {
            slow.write(RawClient.loginFrame(1, "slow", 0));
            slow.welcome();
            long id = alice.welcome().firstId();
            String body = "z".repeat(5000);
            for (int i = 0; i < messages; i++) {
                alice.send(id + i, "slow", i + body);
            }
            while (alice.expect(Frame.ACCEPTED).number() < id + messages - 1) {
                // more
            }
            for (int i = 0; i < messages; i++) {
                Frame.Deliver message = slow.deliver();
                assertThat(message.body()).isEqualTo(i + body);
                if (i % 7 == 6) {
                    slow.ack(message.seq());
                }
            }
        }
    }

    @Test
    void a_reset_in_the_middle_of_a_frame_leaves_nothing_behind() throws Exception {
        for (int i = 0; i < 300; i++) {
            RawClient client = i % 2 == 0 ? server.connect() : server.login("user" + i % 10);
            client.write(Arrays.copyOf(RawClient.sendFrame(1, "bob", "x".repeat(9000)), 100 + 20 * i));
            client.reset();
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> server.server().connections() == 2);
    }

    @Test
    void large_frames_one_after_the_other_do_not_use_memory_up() throws Exception {
        try (RawClient alice = RawClient.login(server.port, "alice", 0);
                RawClient bob = server.login("bob")) {
            long id = alice.welcome().firstId();
            String body = "w".repeat(FRAME_LIMIT - 100);
            for (int i = 0; i < 400; i++) {
                alice.send(id + i, "bob", body);
                Frame.Deliver message = bob.deliver();
                assertThat(message.body()).hasSize(body.length());
                bob.ack(message.seq());
                alice.expect(Frame.ACCEPTED);
            }
        }
    }

    @Test
    void memory_that_unfinished_frames_hold_goes_to_those_who_finish_theirs() throws Exception {
        List<RawClient> hoarders = new ArrayList<>();
        byte[] beginning = Arrays.copyOf(RawClient.sendFrame(1, "bob", "x".repeat(FRAME_LIMIT - 100)), 200);
        for (int i = 0; i < 1000; i++) {
            RawClient hoarder = server.login("hoarder" + i);
            hoarder.write(beginning);
            hoarders.add(hoarder);
        }
        try (RawClient alice = RawClient.login(server.port, "alice", 0);
                RawClient bob = server.login("bob")) {
            alice.send(alice.welcome().firstId(), "bob", "w".repeat(FRAME_LIMIT - 100));
            assertThat(bob.deliver().body()).hasSize(FRAME_LIMIT - 100);
            alice.expect(Frame.ACCEPTED);
        } finally {
            for (RawClient hoarder : hoarders) {
                hoarder.close();
            }
        }
    }

    @Test
    void who_is_told_goodbye_and_does_not_read_is_cut_off() throws Exception {
        try (RawClient alice = RawClient.login(server.port, "alice", 0);
                RawClient deaf = new RawClient(server.port, 4096)) {
            deaf.write(RawClient.loginFrame(1, "deaf", 0));
            long id = alice.welcome().firstId();
            for (int i = 0; i < 20; i++) {
                alice.send(id + i, "deaf", "w".repeat(FRAME_LIMIT - 100));
            }
            try (RawClient other = server.login("deaf")) {
                await().atMost(Duration.ofSeconds(10))
                        .until(() -> server.server().connections() == 4);
                assertThat(other.deliver().body()).hasSize(FRAME_LIMIT - 100);
            }
        }
    }
}
