package dev.heddle.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.config.Given;
import dev.heddle.config.Settings;
import dev.heddle.config.Sources;
import dev.heddle.config.Values;
import dev.heddle.events.Lines;
import dev.heddle.server.Reload;
import dev.heddle.server.Server;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a server that runs tells of itself and of those who connect, line by line. */
@Timeout(60)
class TellingTest {
    private static final int MALFORMED = 100;
    private static final int REPLACED = 106;

    @TempDir
    private Path folder;

    private final Lines lines = new Lines();
    private final Map<String, Given> flags = new TreeMap<>();
    private Server server;
    private Reload reload;

    @BeforeEach
    void start() throws Exception {
        set("port", "0");
        set("data", folder.resolve("data").toString());
        set("max.users", "20000");
        set("max.connections", "100");
        set("inbox.messages", "3");
        Sources sources = new Sources(null, Map.of(), flags);
        Values values = sources.read();
        server = Server.start(Settings.of(values), line -> {});
        reload = new Reload(sources, values, server);
    }

    @AfterEach
    void stop() throws Exception {
        set("log.level", "info");
        set("log.format", "text");
        reload.run();
        server.close();
        lines.close();
    }

    private void set(String name, String text) {
        flags.put(name, new Given(text, "--" + name));
    }

    private RawClient connect() throws Exception {
        return new RawClient(server.address().getPort());
    }

    private RawClient login(String user) throws Exception {
        return RawClient.login(server.address().getPort(), user, 0);
    }

    /** Sends what is no frame of the protocol, and is sent away. */
    private void misbehave(RawClient client) throws Exception {
        try (client) {
            client.write(new byte[] {0, 0, 0, 1, 0x55});
            assertThat(client.expectGoodbye()).isEqualTo(MALFORMED);
        }
    }

    @Test
    void its_life_is_told_from_the_ceiling_to_the_ledger() throws Exception {
        try (RawClient alice = login("alice")) {
            alice.welcome();
        }
        server.drain();

        assertThat(lines.of("ceiling"))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .containsEntry("level", "INFO")
                        .containsEntry("logger", "server")
                        .containsEntry("connections", "100")
                        .containsEntry("bytes", String.valueOf(server.ceiling().processBytes())));
        assertThat(lines.of("shard_opened"))
                .singleElement()
                .satisfies(line -> assertThat(line).containsEntry("shard", "0").containsEntry("waiting_bytes", "0"));
        assertThat(lines.of("ready"))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .containsEntry("data", folder.resolve("data").toString()));
        assertThat(lines.of("drained"))
                .singleElement()
                .satisfies(
                        line -> assertThat(line).containsEntry("accepted", "0").containsEntry("balances", "true"));
    }

    @Test
    void a_thousand_clients_that_misbehave_are_one_number() throws Exception {
        int before = lines.all().size();
        for (int i = 0; i < 1000; i++) {
            misbehave(connect());
        }
        assertThat(lines.all()).hasSize(before);

        server.drain();
        assertThat(lines.of("client_fault"))
                .singleElement()
                .satisfies(
                        line -> assertThat(line).containsEntry("level", "WARN").containsEntry("suppressed", "1000"));
    }

    @Test
    void who_debugs_sees_who_did_what_from_where_and_not_more_than_a_hundred_times() throws Exception {
        set("log.level", "debug");
        reload.run();
        assertThat(lines.of("reloaded"))
                .singleElement()
                .satisfies(line -> assertThat(line.get("what")).isEqualTo("changed log.level=debug (was info)"));
        try (RawClient alice = login("alice")) {
            Frame.Welcome welcome = alice.welcome();
            // It is told after WELCOME is on its way.
            Awaitility.await()
                    .untilAsserted(() -> assertThat(lines.of("session_opened"))
                            .singleElement()
                            .satisfies(line -> assertThat(line)
                                    .containsEntry("user", "alice")
                                    .containsEntry("session", String.valueOf(welcome.session()))));
            try (RawClient again = login("alice")) {
                again.welcome();
                assertThat(alice.expectGoodbye()).isEqualTo(REPLACED);
                assertThat(lines.of("session_ended"))
                        .singleElement()
                        .satisfies(line -> assertThat(line)
                                .containsEntry("level", "DEBUG")
                                .containsEntry("logger", "edge")
                                .containsEntry("user", "alice")
                                .containsEntry("session", String.valueOf(welcome.session()))
                                .containsEntry("reason", "logged in elsewhere"));
                misbehave(again);
            }
        }
        assertThat(lines.of("client_fault"))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .containsEntry("code", "MALFORMED")
                        .containsEntry("user", "alice")
                        .hasEntrySatisfying("from", from -> assertThat(from).matches("127\\.0\\.0\\.1:\\d+")));
        for (int i = 0; i < 200; i++) {
            misbehave(connect());
        }
        assertThat(lines.of("client_fault")).hasSize(100);
    }

    @Test
    void a_name_that_looks_like_a_line_stays_inside_its_own() throws Exception {
        set("log.level", "debug");
        reload.run();
        List<String> hostile = List.of(
                "eve user=root", "eve\" event=\"ready", "\u0085event=ready", "\u2028ERROR server", "\u202eeve\\");
        for (String name : hostile) {
            try (RawClient client = login(name)) {
                client.welcome();
                misbehave(client);
            }
        }
        assertThat(lines.of("session_opened")).hasSize(hostile.size());
        assertThat(lines.of("client_fault"))
                .hasSize(hostile.size())
                .allSatisfy(line -> assertThat(line).containsKeys("user", "session", "from", "reason"));
        assertThat(lines.of("ready")).hasSize(1);
    }

    @Test
    void what_is_turned_away_at_a_full_inbox_is_a_number() throws Exception {
        try (RawClient alice = login("alice")) {
            long id = alice.welcome().firstId();
            for (int i = 0; i < 500; i++) {
                alice.send(id + i, "bob", "x");
            }
            alice.ping(1);
            int rejected = 0;
            for (Frame frame = alice.next(); frame.type() != Frame.PONG; frame = alice.next()) {
                rejected += frame.type() == Frame.REJECTED ? 1 : 0;
            }
            assertThat(rejected).isEqualTo(497);
        }
        server.drain();
        assertThat(lines.of("inbox_full"))
                .singleElement()
                .satisfies(
                        line -> assertThat(line).containsEntry("level", "WARN").containsEntry("suppressed", "497"));
    }

    @Test
    void at_the_limit_of_connections_one_line_says_so() throws Exception {
        List<RawClient> all = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            all.add(connect());
        }
        for (RawClient each : all.subList(100, 150)) {
            each.expect(Frame.GOODBYE);
        }
        for (RawClient each : all) {
            each.close();
        }
        assertThat(lines.of("connections_full"))
                .singleElement()
                .satisfies(line -> assertThat(line).containsEntry("connections", "100"));
    }
}
