package dev.heddle.legacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.heddle.auth.Algorithm;
import dev.heddle.auth.KeyFile;
import dev.heddle.auth.TokenKey;
import dev.heddle.client.HeddleClient;
import dev.heddle.config.SettingsException;
import dev.heddle.legacy.LegacyServer.Heard;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
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

    /** Each of them behind a LOGIN, and the rest of what comes in one read. */
    private static final List<byte[]> NONSENSE = List.of(
            text("\u0000"),
            text("\u0006\0\3bob"),
            text("GET / HTTP/1.1\r\n"),
            text("\177"),
            text("\360\0\1"),
            text("t\0\2ab\0\3bob"));

    @Test
    void what_makes_no_sense_is_passed_over_and_nothing_before_or_behind_it() throws Exception {
        Heard heard = new Heard();
        try (LegacyServer server = new LegacyServer(data);
                HeddleClient _ = server.modern("receiver", heard);
                LegacyClient client = server.login("client")) {
            List<String> sent = new ArrayList<>();
            for (byte[] nonsense : NONSENSE) {
                String text = HexFormat.of().formatHex(nonsense);
                sent.add(text);
                client.write(LegacyClient.send("receiver", text), nonsense);
                await().until(() -> heard.texts().equals(sent));
            }
            for (byte[] refused : List.of(
                    text("\2\0\0\0\2hi"),
                    text("\2\0\201" + "x".repeat(129) + "\0\2hi"),
                    text("\2\0\1\377\0\2hi"),
                    text("\2\0\2a\n\0\2hi"),
                    text("\4\0\0\0\0\0\4\0\2hi"),
                    text("\5\0\0"))) {
                client.write(refused, LegacyClient.send("receiver", "behind"));
                client.expectError("bad name");
                sent.add("behind");
                await().until(() -> heard.texts().equals(sent));
            }
            for (byte[] endless : List.of(text("\2\377\377"), text("\4\1\1"), text("\5\377\377"))) {
                client.write(endless);
                client.expectError("bad name");
            }
            for (byte[] cut : List.of(text("\4\0\10receiver\0\0\0\1x"), text("\4\0\10receiver\0\0\0\7\0\1y\0\4ab"))) {
                client.write(cut, LegacyClient.send("receiver", "behind"));
            }
            sent.addAll(List.of("behind", "y", "behind"));
            await().until(() -> heard.texts().equals(sent));
            client.sync();
            assertThat(server.legacy.refusedSends()).isEqualTo(7);
        }
    }

    @Test
    void an_acknowledgement_of_another_length_acknowledges_nothing() throws Exception {
        try (LegacyServer server = new LegacyServer(data);
                LegacyClient client = server.login("client")) {
            client.write(LegacyClient.send("client", "one"), LegacyClient.send("client", "two"));
            String one = client.message().id();
            String two = client.message().id();
            client.write(
                    LegacyClient.ack("abc"),
                    LegacyClient.ack("some-other-id"),
                    LegacyClient.ack(""),
                    LegacyClient.ack(one + "00"),
                    LegacyClient.ack(two));
            client.sync();
        }
        try (LegacyServer server = new LegacyServer(data);
                LegacyClient client = server.login("client")) {
            assertThat(client.take() + client.take()).isEqualTo("onetwo");
            client.sync();
        }
    }

    @Test
    void before_a_login_nothing_is_taken_and_that_is_said() throws Exception {
        try (LegacyServer server = new LegacyServer(data, "login.seconds", "1");
                LegacyClient silent = new LegacyClient(server.port);
                LegacyClient nameless = new LegacyClient(server.port);
                LegacyClient late = new LegacyClient(server.port)) {
            nameless.write(text("\1"));
            late.write(text("\1"));
            late.write(text("x".repeat(128)));
            late.expectLoginOk();
            assertThat(silent.read()).isEqualTo(-1);
            assertThat(nameless.read()).isEqualTo(-1);
            late.sync();
            for (byte[] early : List.of(LegacyClient.send("late", "early"), LegacyClient.getStatus("late"))) {
                try (LegacyClient client = new LegacyClient(server.port)) {
                    client.write(early);
                    client.write(early, LegacyClient.login("client"));
                    client.expectLoginOk();
                    client.expectError("no login");
                    client.sync();
                }
            }
            assertThat(server.legacy.refusedSends()).isEqualTo(2);
        }
    }

    @Test
    void a_login_is_judged_as_a_whole_before_it_takes_over_a_session() throws Exception {
        try (LegacyServer server = new LegacyServer(data);
                LegacyClient alice = server.login("alice")) {
            for (byte[] login : List.of(
                    text("\1alice\0x"),
                    text("\1alice\n"),
                    text("\1alice\6x"),
                    text("\1alice\1alice"),
                    text("\1\1"),
                    text("\1\377\376"),
                    text("\1" + "x".repeat(129)),
                    text("\1" + "x".repeat(20_000)))) {
                try (LegacyClient client = new LegacyClient(server.port)) {
                    client.write(login);
                    assertThat(client.read()).isEqualTo(-1);
                }
            }
            alice.sync();
            alice.write(LegacyClient.login("alice"));
            alice.expectLoginOk();
            alice.write(LegacyClient.login("bob"));
            alice.expectError("other user");
            alice.sync();
        }
    }

    @Test
    void what_its_later_versions_say_is_relayed_or_answered() throws Exception {
        try (LegacyServer server = new LegacyServer(data);
                LegacyClient ann = server.login("ann");
                LegacyClient ben = server.login("ben")) {
            ann.write(text("p\0\3ben"), text("q\0\3ben"), text("q\0\4none"));
            assertThat(ben.read(7)).isEqualTo(text("r\0\3ann\1"));
            assertThat(ben.read(7)).isEqualTo(text("r\0\3ann\0"));
            ann.write(text("#\0\3ben\0\2hh\0\0\0\4body"));
            assertThat(ben.take()).isEqualTo("$\0\3ann\0\2hh\0\0\0\4body");
            ann.writeSingly(text("\20\0\3ben\0\0\0\3map"));
            assertThat(ben.take()).isEqualTo("\20\0\3ann\0\0\0\3map");
            ann.write(text("\7\0\3ben\0\0\0\0\0\0\0\1\0\2hi"), LegacyClient.send("ben", "there"));
            assertThat(ben.take() + ben.take()).isEqualTo("hithere");
            for (byte[] keys : List.of(text(" \0\0\0\3abc"), text("!\0\3ben"))) {
                ann.write(keys, LegacyClient.getStatus("ben"));
                assertThat(ann.read(5)).isEqualTo(text("\42\0\0\0\0"));
                assertThat(ann.status().state()).isEqualTo(1);
            }
            ann.write(text("0\0\2us"));
            ann.expectError("no groups");
            ann.sync();
            ben.sync();
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
            await().until(() -> server.legacy.connections() == 1);
            await().until(() -> server.server.connections() == 1);
        }
    }

    @Test
    void a_message_that_is_refused_ends_the_connection_and_is_counted() throws Exception {
        try (LegacyServer server = new LegacyServer(data, "inbox.messages", "2");
                LegacyClient client = server.login("client")) {
            client.write(LegacyClient.batch("away", "one", "two"));
            client.sync();
            assertThat(server.legacy.refusedSends()).isZero();
            client.write(LegacyClient.send("away", "three"));
            assertThat(client.read()).isEqualTo(-1);
            assertThat(server.page("/metrics"))
                    .contains("heddle_legacy_messages_refused_total 1.0", "heddle_legacy_connections_limit 400.0");
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
            await().until(() -> server.legacy.connections() == 0);
            server.login("third").close();
        }
    }

    @Test
    void who_is_silent_for_longest_gives_way_when_there_are_too_many() throws Exception {
        try (LegacyServer server = new LegacyServer(
                        data, "max.connections", "16", "legacy.connections", "3", "heartbeat.seconds", "1");
                LegacyClient first = server.login("first");
                LegacyClient second = server.login("second");
                LegacyClient third = server.login("third")) {
            try (LegacyClient early = new LegacyClient(server.port)) {
                assertThat(early.read()).as("nobody has been silent for long").isEqualTo(-1);
            }
            await().pollDelay(Duration.ofMillis(2100)).until(() -> true);
            first.sync();
            third.sync();
            try (LegacyClient fourth = server.login("fourth")) {
                fourth.sync();
                assertThat(second.read()).isEqualTo(-1);
                first.sync();
                third.sync();
            }
        }
    }

    @Test
    void with_several_shards_it_is_the_same() throws Exception {
        try (LegacyServer server = new LegacyServer(data, "shards", "4");
                LegacyClient sender = server.login("sender")) {
            for (int user = 0; user < 8; user++) {
                sender.write(
                        LegacyClient.batch("user" + user, "one", "two"), LegacyClient.send("user" + user, "three"));
            }
            for (int user = 0; user < 8; user++) {
                try (LegacyClient client = server.login("user" + user)) {
                    assertThat(client.take() + client.take() + client.take()).isEqualTo("onetwothree");
                    // Its own shard answers this after the acknowledgements; another shard might answer before.
                    client.write(LegacyClient.getStatus("user" + user));
                    assertThat(client.status().state()).isEqualTo(1);
                    sender.write(LegacyClient.getStatus("user" + user));
                    assertThat(sender.status().state()).isEqualTo(1);
                }
                try (LegacyClient client = server.login("user" + user)) {
                    client.sync();
                }
            }
        }
    }

    @Test
    void a_thousand_silent_ones_do_not_lock_the_others_out() throws Exception {
        List<LegacyClient> silent = new ArrayList<>();
        try (LegacyServer server = new LegacyServer(data, "max.connections", "1200")) {
            for (int i = 0; i < 1000; i++) {
                silent.add(server.login("silent" + i));
            }
            try (LegacyClient client = server.login("client");
                    HeddleClient _ = server.modern("modern", new Heard())) {
                client.sync();
            }
        } finally {
            for (LegacyClient client : silent) {
                client.close();
            }
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
    void who_sends_what_is_passed_over_is_not_silent() throws Exception {
        try (LegacyServer server = new LegacyServer(data, "heartbeat.seconds", "1", "legacy.idle.seconds", "3");
                LegacyClient client = server.login("client")) {
            client.write(text("\4\0\2a\n\177\377\377\377"));
            client.expectError("bad name");
            long since = System.nanoTime();
            await().atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> {
                        client.write(new byte[100]);
                        return System.nanoTime() - since > 5_000_000_000L;
                    });
            assertThat(server.legacy.connections()).isEqualTo(1);
        }
    }

    @Test
    void what_is_passed_over_counts_for_its_address() throws Exception {
        try (LegacyServer server = new LegacyServer(
                        data, "rate.loopback", "yes", "rate.reserve.seconds", "1", "rate.address.bytes", "200k");
                LegacyClient client = server.login("client")) {
            client.write(text("\4\0\2a\n\0\14\0\0"));
            client.expectError("bad name");
            long since = System.nanoTime();
            client.write(new byte[0xc0000]);
            client.sync();
            assertThat(Duration.ofNanos(System.nanoTime() - since)).isGreaterThan(Duration.ofMillis(1500));
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
    void where_logins_need_tokens_its_logins_do() {
        assertThatThrownBy(() -> new LegacyServer(data, "legacy.port", "8085", "auth", "token"))
                .isInstanceOf(SettingsException.class)
                .hasMessage("legacy.port=8085: with auth=token its clients need tokens, too: legacy.tokens=yes");
    }

    @Test
    void a_token_stands_behind_a_colon_and_is_checked_where_logins_need_one(@TempDir Path folder) throws Exception {
        Path keys = folder.resolve("keys");
        TokenKey key = new KeyFile(keys).add(Algorithm.HS256, null, new SecureRandom());
        long now = System.currentTimeMillis();
        String token = key.token("ann", now, now + 60_000);
        try (LegacyServer server =
                        new LegacyServer(data, "legacy.tokens", "yes", "auth", "token", "auth.keys", keys.toString());
                LegacyClient ann = server.login("ann:" + token)) {
            for (String login : List.of("ann", "ann:", "ann:" + token + "x", "ben:" + token, ":" + token)) {
                try (LegacyClient refused = new LegacyClient(server.port)) {
                    refused.write(LegacyClient.login(login));
                    assertThat(refused.read()).as(login).isEqualTo(-1);
                }
            }
            ann.write(LegacyClient.getStatus("ann"));
            assertThat(ann.status().state()).isEqualTo(1);
        }
        try (LegacyServer server = new LegacyServer(folder.resolve("ignored"), "legacy.tokens", "yes");
                LegacyClient ann = server.login("ann:whatever")) {
            ann.write(LegacyClient.getStatus("ann"));
            assertThat(ann.status().state()).isEqualTo(1);
        }
        try (LegacyServer server = new LegacyServer(folder.resolve("none"));
                LegacyClient ann = server.login("ann:whatever")) {
            ann.write(LegacyClient.getStatus("ann:whatever"));
            assertThat(ann.status().state()).isEqualTo(1);
        }
    }

    @Test
    void where_others_can_connect_it_takes_the_word_for_it(@TempDir Path folder) throws Exception {
        assertThatThrownBy(() -> new LegacyServer(folder.resolve("none"), "legacy.bind", "0.0.0.0"))
                .isInstanceOf(SettingsException.class)
                .hasMessageStartingWith(
                        "legacy.bind=0.0.0.0 can be reached by others, and that needs auth=token and TLS, which the"
                                + " protocol behind it does not have (or --insecure");
        assertThat(Files.exists(folder.resolve("none"))).isFalse();
        try (LegacyServer server =
                        new LegacyServer(data, "legacy.bind", "0.0.0.0", "insecure", "yes", "bind", "0.0.0.0");
                LegacyClient client = server.login("client")) {
            client.sync();
        }
    }
}
