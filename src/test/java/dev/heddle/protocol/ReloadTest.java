package dev.heddle.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.config.Settings;
import dev.heddle.config.Sources;
import dev.heddle.config.Values;
import dev.heddle.server.Reload;
import dev.heddle.server.ReloadAnswer;
import dev.heddle.server.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a running server makes of a configuration that has changed. */
@Timeout(60)
final class ReloadTest {
    private static final int INBOX_FULL = 2;
    private static final int LOGIN_TIMEOUT = 104;
    private static final int IDLE = 107;
    private static final String LIMITS = "inbox.messages=3\nlogin.seconds=5\nheartbeat.seconds=50\n";

    @TempDir
    private Path folder;

    private Path data;
    private Path file;
    private String fixed;
    private Server server;
    private Reload reload;
    private int port;

    @BeforeEach
    void start() throws Exception {
        data = folder.resolve("data");
        file = folder.resolve("configuration");
        fixed = "port=0\ndata=" + data + "\nmax.users=20000\nmax.connections=100\nshards=2\n";
        write(LIMITS);
        Sources sources = new Sources(file, Map.of("HEDDLE_WATCHES_PER_SESSION", "7"), Map.of());
        Values values = sources.read();
        server = Server.start(Settings.of(values), line -> {});
        reload = new Reload(sources, values, server);
        port = server.address().getPort();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void write(String text) throws IOException {
        Files.writeString(file, fixed + text);
    }

    private ReloadAnswer reload(String text) throws IOException {
        write(text);
        reload.run();
        return ReloadAnswer.read(data).orElseThrow();
    }

    /** How many of ten messages find room in the inbox of a new user. */
    private int room(RawClient sender, long id, String recipient) throws IOException {
        for (int i = 0; i < 10; i++) {
            sender.send(id + i, recipient, "m");
        }
        int refused = 0;
        long done = 0;
        while (done < id + 9) {
            Frame frame = sender.next();
            boolean rejected = frame.type() == Frame.REJECTED;
            done = Math.max(done, frame.number());
            if (rejected) {
                assertThat(frame.code()).isEqualTo(INBOX_FULL);
                refused++;
            }
        }
        return 10 - refused;
    }

    @Test
    void limits_of_inboxes_change_in_every_shard_and_the_session_goes_on() throws Exception {
        try (RawClient alice = RawClient.login(port, "alice", 0)) {
            long id = alice.welcome().firstId();
            assertThat(room(alice, id, "bob")).isEqualTo(3);

            ReloadAnswer answer = reload(LIMITS.replace("=3", "=6"));
            assertThat(answer.refused()).isFalse();
            assertThat(answer.lines()).containsExactly("changed inbox.messages=6 (was 3)");
            for (int i = 1; i <= 4; i++) {
                assertThat(room(alice, id + 10L * i, "carol" + i)).isEqualTo(6);
            }
        }
    }

    @Test
    void deadlines_change_for_those_who_come_after() throws Exception {
        try (RawClient before = RawClient.login(port, "before", 0)) {
            assertThat(before.welcome().heartbeat()).isEqualTo(50);
            reload("inbox.messages=3\nlogin.seconds=1\nheartbeat.seconds=1\n");
            try (RawClient after = RawClient.login(port, "after", 0);
                    RawClient silent = new RawClient(port)) {
                assertThat(after.welcome().heartbeat()).isEqualTo(1);
                assertThat(silent.expect(Frame.GOODBYE).code()).isEqualTo(LOGIN_TIMEOUT);
                assertThat(after.expectGoodbye()).isEqualTo(IDLE);
            }
            before.sync();
        }
    }

    @Test
    void rates_change_for_sessions_that_are_open() throws Exception {
        reload(LIMITS.replace("=3", "=10000") + "rate.loopback=yes\nrate.reserve.seconds=1\nrate.user.messages=100\n");
        try (RawClient alice = RawClient.login(port, "alice", 0)) {
            long id = alice.welcome().firstId();
            long since = System.nanoTime();
            sendAndAwait(alice, id, 300);
            assertThat(System.nanoTime() - since).isGreaterThan(TimeUnit.SECONDS.toNanos(1));

            reload(LIMITS.replace("=3", "=10000") + "rate.loopback=yes\nrate.user.messages=0\n");
            // At the rate before it would take half a minute, and nobody would wait so long.
            sendAndAwait(alice, id + 300, 3000);
        }
    }

    /** A few of them are a read: what was read is handled before it is charged. */
    private static final String LONG = "x".repeat(500);

    private static void sendAndAwait(RawClient sender, long id, int messages) throws IOException {
        for (int i = 0; i < messages; i++) {
            sender.send(id + i, "bob", LONG);
        }
        long accepted = 0;
        while (accepted < id + messages - 1) {
            accepted = sender.expect(Frame.ACCEPTED).number();
        }
    }

    @Test
    void what_needs_a_restart_is_said_and_left_alone() throws Exception {
        String text = LIMITS + "frame.bytes=64k\nmessage.days=1\n";
        assertThat(reload(text).lines())
                .containsExactly("changed message.days=1 (was 30)", "needs a restart: frame.bytes=64k (runs with 1m)");
        assertThat(reload(text).lines()).containsExactly("needs a restart: frame.bytes=64k (runs with 1m)");
        assertThat(reload(LIMITS + "message.days=1\n").lines()).containsExactly("nothing has changed");
    }

    @Test
    void a_configuration_with_a_fault_changes_nothing() throws Exception {
        String wrong = "inbox.messages=8\nframe.bytes=7\n";
        ReloadAnswer answer = reload(wrong);
        assertThat(answer.refused()).isTrue();
        assertThat(answer.lines())
                .containsExactly("refused, everything stays as it was: " + file
                        + ":7: frame.bytes=7: must be a number from 512 to 1048576");
        assertThat(reload("inbox.massages=8\n").lines())
                .containsExactly("refused, everything stays as it was: " + file + ":6: unknown setting inbox.massages");
        try (RawClient alice = RawClient.login(port, "alice", 0)) {
            assertThat(room(alice, alice.welcome().firstId(), "bob")).isEqualTo(3);
        }
        Files.delete(file);
        reload.run();
        assertThat(ReloadAnswer.read(data).orElseThrow().lines())
                .singleElement()
                .asString()
                .contains(file + ": there is no such file");
        assertThat(reload(LIMITS).lines()).containsExactly("nothing has changed");
    }

    @Test
    void what_cannot_hold_is_refused_as_it_would_be_at_the_start() throws Exception {
        assertThat(reload(LIMITS + "watches.total=90m\n").lines())
                .singleElement()
                .asString()
                .startsWith("refused, everything stays as it was: ")
                .contains("cannot hold");
        assertThat(reload(LIMITS + "log.bytes=64m\n").lines())
                .containsExactly(
                        "refused, everything stays as it was: log.bytes=64m: while the server runs, no less than"
                                + " 1g for its segments of 64m");
        assertThat(reload(LIMITS + "log.bytes=2g\n").lines()).containsExactly("changed log.bytes=2g (was 16g)");
    }

    @Test
    void the_environment_still_comes_before_the_file() throws Exception {
        assertThat(reload(LIMITS + "watches.per.session=9\n").lines()).containsExactly("nothing has changed");
    }

    @Test
    void a_server_that_stops_changes_nothing_any_more() throws Exception {
        server.drain();
        assertThat(reload("inbox.messages=4\n").lines()).contains("the server is stopping");
    }
}
