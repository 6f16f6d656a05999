package dev.heddle.legacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.heddle.client.HeddleClient;
import dev.heddle.config.SettingsException;
import dev.heddle.legacy.LegacyServer.Heard;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of legacy clients that make no sense, of those that are too many, and of all when the server goes. */
@Timeout(30)
final class LegacyFaultsTest {
    @TempDir
    private Path data;

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Each of them behind a LOGIN. */
    private static final List<byte[]> NONSENSE = List.of(
            text("\u0000"),
            text("\u0001again"),
            text("\u0006\0\3bob"),
            text("GET / HTTP/1.1\r\n"),
            text("\2\0\0\0\2hi"),
            text("\2\0\201" + "x".repeat(129) + "\0\2hi"),
            text("\2\377\377"),
            text("\2\0\1\377\0\2hi"),
            text("\2\0\2a\n\0\2hi"),
            text("\4\0\3bob\0\0\0\1x"),
            text("\4\0\3bob\0\0\0\5\0\4abcd"),
            text("\5\0\0"));

    @Test
    void what_makes_no_sense_ends_the_connection_and_not_what_came_before() throws Exception {
        Heard heard = new Heard();
        try (LegacyServer server = new LegacyServer(data);
                HeddleClient _ = server.modern("receiver", heard)) {
            List<String> sent = new ArrayList<>();
            for (byte[] nonsense : NONSENSE) {
                String text = "before " + HexFormat.of().formatHex(nonsense);
                sent.add(text);
                try (LegacyClient client = server.login("client")) {
                    client.write(LegacyClient.send("receiver", text), nonsense);
                    assertThat(client.read()).as(text).isEqualTo(-1);
                }
                await().until(() -> heard.texts().equals(sent));
            }
            await().until(() -> server.gateway.connections() == 0);
        }
    }

    @Test
    void before_a_login_nothing_else_is_understood() throws Exception {
        try (LegacyServer server = new LegacyServer(data, "login.seconds", "1");
                LegacyClient silent = new LegacyClient(server.port);
                LegacyClient nameless = new LegacyClient(server.port);
                LegacyClient late = new LegacyClient(server.port)) {
            nameless.write(text("\1"));
            late.write(text("\1"));
            for (byte[] first : new byte[][] {
                LegacyClient.send("bob", "hi"), text("\1\1"), text("\1\377\376"), text("\1" + "x".repeat(129))
            }) {
                try (LegacyClient client = new LegacyClient(server.port)) {
                    client.write(first);
                    assertThat(client.read()).isEqualTo(-1);
                }
            }
            late.write(text("x".repeat(128)));
            late.expectLoginOk();
            assertThat(silent.read()).isEqualTo(-1);
            assertThat(nameless.read()).isEqualTo(-1);
            late.sync();
        }
    }

    @Test
    void a_million_random_bytes_hurt_nobody() throws Exception {
        long seed = Long.getLong("heddle.seed", System.nanoTime());
        System.out.println("LegacyFaultsTest: -Dheddle.seed=" + seed);
        Random random = new Random(seed);
        try (LegacyServer server = new LegacyServer(data);
                LegacyClient witness = server.login("witness")) {
            for (int written = 0; written < 1_000_000; ) {
                int length = 1 + random.nextInt(20_000);
                byte[] bytes = new byte[length];
                random.nextBytes(bytes);
                // Mostly behind a login, and often what looks like a command.
                boolean login = random.nextInt(4) > 0;
                if (random.nextBoolean()) {
                    bytes[0] = (byte) (1 + random.nextInt(5));
                }
                try (LegacyClient attacker =
                        login ? server.login("attacker" + written % 7) : new LegacyClient(server.port)) {
                    attacker.write(bytes);
                    attacker.endOutput();
                    while (attacker.read() >= 0) {
                        // Whatever it hears.
                    }
                } catch (SocketException cutOff) {
                    // Which it has earned.
                }
                written += length;
            }
            witness.sync();
            await().until(() -> server.gateway.connections() == 1);
            await().until(() -> server.server.connections() == 1);
        }
    }

    @Test
    void a_message_that_is_refused_ends_the_connection_and_is_counted() throws Exception {
        try (LegacyServer server = new LegacyServer(data, "inbox.messages", "2");
                LegacyClient client = server.login("client")) {
            client.write(LegacyClient.batch("away", "one", "two"));
            client.sync();
            assertThat(server.gateway.refusedSends()).isZero();
            client.write(LegacyClient.send("away", "three"));
            assertThat(client.read()).isEqualTo(-1);
            assertThat(server.page("/metrics"))
                    .contains("heddle_legacy_messages_refused_total 1.0", "heddle_legacy_connections_limit 1000.0");
        }
    }

    @Test
    void a_message_larger_than_a_frame_ends_the_connection() throws Exception {
        try (LegacyServer server = new LegacyServer(data, "frame.bytes", "1000");
                LegacyClient client = server.login("client")) {
            client.write(LegacyClient.send("client", "x".repeat(900)));
            assertThat(client.take()).hasSize(900);
            client.write(LegacyClient.send("client", "x".repeat(985)));
            assertThat(client.read()).isEqualTo(-1);
        }
    }

    @Test
    void one_too_many_is_closed() throws Exception {
        try (LegacyServer server = new LegacyServer(data, "legacy.connections", "2")) {
            LegacyClient first = server.login("first");
            try (LegacyClient second = server.login("second");
                    LegacyClient third = new LegacyClient(server.port)) {
                assertThat(third.read()).isEqualTo(-1);
                second.sync();
                assertThat(server.page("/status"))
                        .contains("\"legacy\":{\"connections\":2,\"limit\":2,\"turnedAway\":1,\"refusedSends\":0}");
                assertThat(server.page("/metrics"))
                        .contains("heddle_legacy_connections 2.0", "heddle_legacy_connections_turned_away_total 1.0");
            }
            first.reset();
            await().until(() -> server.gateway.connections() == 0);
            server.login("third").close();
        }
    }

    @Test
    void who_is_silent_stays_until_it_has_been_silent_for_too_long() throws Exception {
        try (LegacyServer server = new LegacyServer(data, "heartbeat.seconds", "1", "legacy.idle.seconds", "3");
                LegacyClient client = server.login("silent")) {
            long since = System.nanoTime();
            assertThat(client.read()).isEqualTo(-1);
            assertThat(Duration.ofNanos(System.nanoTime() - since))
                    .as("longer than two heartbeats, after which the server would have ended it")
                    .isBetween(Duration.ofMillis(2900), Duration.ofMillis(6000));
        }
    }

    @Test
    void a_drain_takes_what_was_read_and_balances() throws Exception {
        LegacyServer server = new LegacyServer(data);
        try (LegacyClient client = server.login("client")) {
            client.write(LegacyClient.batch("away", "one", "two", "three"));
            client.sync();
            assertThat(server.server.drain().line()).contains("accepted 3 ").endsWith("stored 3");
            assertThat(client.read()).isEqualTo(-1);
            assertThatThrownBy(() -> server.login("late")).isInstanceOf(IOException.class);
        }
        try (LegacyServer again = new LegacyServer(data);
                LegacyClient away = again.login("away")) {
            assertThat(away.take() + away.take() + away.take()).isEqualTo("onetwothree");
        }
    }

    @Test
    void there_is_none_unless_asked_for(@TempDir Path folder) throws Exception {
        try (LegacyServer server = new LegacyServer(folder)) {
            String taken = Integer.toString(server.port);
            assertThatThrownBy(() -> new LegacyServer(data, "legacy.port", taken))
                    .isInstanceOf(SettingsException.class)
                    .hasMessageStartingWith("cannot listen on 127.0.0.1:" + taken + " for legacy clients: ");
        }
        assertThatThrownBy(() -> new LegacyServer(data, "legacy.port", "off")).isInstanceOf(NullPointerException.class);
    }

    @Test
    void where_logins_need_tokens_it_cannot_be() {
        assertThatThrownBy(() -> new LegacyServer(data, "legacy.port", "8085", "auth", "token"))
                .isInstanceOf(SettingsException.class)
                .hasMessage("legacy.port=8085: the protocol behind it has no tokens, so it cannot be spoken with"
                        + " auth=token");
    }

    @Test
    void where_others_can_connect_it_takes_the_word_for_it(@TempDir Path folder) throws Exception {
        assertThatThrownBy(() -> new LegacyServer(folder.resolve("none"), "legacy.bind", "0.0.0.0"))
                .isInstanceOf(SettingsException.class)
                .hasMessageStartingWith(
                        "legacy.bind=0.0.0.0 can be reached by others, and that needs tokens and TLS, which the protocol"
                                + " behind it does not have (or --insecure");
        assertThat(Files.exists(folder.resolve("none"))).isFalse();
        try (LegacyServer server =
                        new LegacyServer(data, "legacy.bind", "0.0.0.0", "insecure", "yes", "bind", "0.0.0.0");
                LegacyClient client = server.login("client")) {
            client.sync();
        }
    }
}
