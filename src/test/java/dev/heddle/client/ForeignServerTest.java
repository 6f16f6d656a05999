package dev.heddle.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.heddle.wire.RejectCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that are none, or no good one: nothing that they say costs the client more than a connection. */
@Timeout(30)
final class ForeignServerTest {
    private static final int MALFORMED = 100;
    private static final int AUTH_FAILED = 105;
    private static final int ACK = 0x03;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Recorder heard = new Recorder();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable thing : opened.reversed()) {
            thing.close();
        }
    }

    private ScriptedServer server(ScriptedServer.Script script) throws Exception {
        ScriptedServer server = new ScriptedServer(script);
        opened.add(server);
        return server;
    }

    private static ClientOptions options(ScriptedServer server) {
        return ClientOptions.of("bob")
                .at("127.0.0.1", server.port())
                .withBackoff(Duration.ofMillis(1), Duration.ofMillis(20));
    }

    private HeddleClient client(ClientOptions options) {
        HeddleClient client = HeddleClient.open(options, heard);
        opened.add(client);
        return client;
    }

    private String whyNot(byte[] said) throws Exception {
        ScriptedServer server = server(line -> {
            line.hear();
            line.raw(said);
            line.hearOut();
        });
        client(options(server));
        await().until(() -> heard.losses.size() >= 2);
        assertThat(heard.ends).isEmpty();
        assertThat(heard.losses.get(0)).isEqualTo(heard.losses.get(1));
        return heard.losses.getFirst();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"SSH-2.0-OpenSSH_9.2p1 Debian\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "220 mail ESMTP\r\n"})
    void the_port_of_another_protocol_is_named_as_what_it_says(String banner) throws Exception {
        assertThat(whyNot(banner.getBytes(UTF_8))).isEqualTo("not a Heddle server: it says \"" + banner.strip() + "\"");
    }

    /** A length beyond all bounds, one above the sign, one just too long, none; frames that may not come first. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "7fffffff81",
                "ffffffff81",
                "8000000081",
                "0000100181",
                "0000000081",
                "00000009820000000000000001",
                "0000000109",
                "0000000181",
                "1b5b324a1b5b48"
            })
    void what_no_heddle_server_says_first_is_a_lost_connection(String hex) throws Exception {
        assertThat(whyNot(HexFormat.of().parseHex(hex)))
                .startsWith("not a Heddle server: it says \"")
                .matches("[ -~]*");
    }

    @ParameterizedTest
    @CsvSource({"1048576, 1048577", "-1, 4194305", "2147483647, 2147483647", "4096, -1", "4096, 0"})
    void a_frame_beyond_what_welcome_and_the_client_allow_is_a_lost_connection(int limit, int length) throws Exception {
        ScriptedServer server = server(line -> {
            line.welcome(1, limit);
            line.raw(new byte[] {
                (byte) (length >>> 24), (byte) (length >>> 16), (byte) (length >>> 8), (byte) length, (byte) 0x83
            });
            line.hearOut();
        });
        client(options(server));
        await().until(() -> heard.losses.size() >= 2);
        assertThat(heard.losses.getFirst()).startsWith("the server sent ");
        assertThat(heard.ends).isEmpty();
    }

    @Test
    void the_largest_frame_that_is_allowed_arrives() throws Exception {
        int limit = 512 * 1024;
        String text = "x".repeat(limit - 1 - 25 - 6);
        ScriptedServer server = server(line -> {
            line.welcome(1, 1 << 20);
            line.deliver(1, "alice", text);
            line.deliver(2, "alice", text + "x");
            line.hearOut();
        });
        client(options(server).withMostFrameBytes(limit));
        await().until(() -> heard.losses.size() >= 1);
        assertThat(heard.texts()).containsExactly(text);
    }

    @Test
    void a_server_that_answers_byte_by_byte_is_given_up() throws Exception {
        ScriptedServer server = server(line -> {
            for (int i = 0; i < 10_000; i++) {
                line.raw(new byte[1]);
                try {
                    TimeUnit.MILLISECONDS.sleep(20);
                } catch (InterruptedException interrupted) {
                    return;
                }
            }
        });
        ClientOptions usual = options(server);
        ClientOptions.Retries retries = new ClientOptions.Retries(
                Duration.ofMillis(100),
                usual.retries().firstBackoff(),
                usual.retries().mostBackoff());
        client(new ClientOptions(usual.server(), usual.account(), usual.receiving(), retries, usual.unaccepted()));
        await().until(() -> heard.losses.size() >= 2);
    }

    @Test
    void seqs_and_ids_are_unsigned() throws Exception {
        List<Long> acked = new CopyOnWriteArrayList<>();
        List<Long> cursors = new CopyOnWriteArrayList<>();
        List<Long> ids = new CopyOnWriteArrayList<>();
        long high = Long.MIN_VALUE;
        ScriptedServer server = server(line -> {
            cursors.add(java.nio.ByteBuffer.wrap(line.hear().body()).getLong(5));
            line.say(0x81, (byte) 1, 1L, high + 7, 0, 1 << 20, (short) 60, 0L);
            line.deliver(Long.MAX_VALUE - 1, "alice", "one");
            line.deliver(high + 5, "alice", "two");
            line.deliver(-2, "alice", "three");
            for (int i = 0; i < 2; i++) {
                ScriptedServer.Heard frame = line.hear();
                while (frame.type() == 0x08) {
                    frame = line.hear();
                }
                long number = java.nio.ByteBuffer.wrap(frame.body()).getLong();
                if (frame.type() == ACK) {
                    acked.add(number);
                } else {
                    ids.add(number);
                    line.say(0x82, number);
                }
            }
            if (line.number > 0) {
                line.hearOut();
            }
        });
        HeddleClient bob = client(options(server));
        await().until(() -> heard.messages.size() == 3);
        assertThat(bob.send("alice", new byte[1]).get(10, TimeUnit.SECONDS).id())
                .isEqualTo(high + 7);
        await().until(() -> cursors.size() >= 2);
        assertThat(bob.send("alice", new byte[1]).get(10, TimeUnit.SECONDS).id())
                .isEqualTo(high + 8);
        assertThat(heard.texts()).containsExactly("one", "two", "three");
        assertThat(cursors).startsWith(0L, -2L);
        assertThat(acked).containsExactly(-2L);
        assertThat(ids).containsExactly(high + 7, high + 8);
    }

    @Test
    void a_server_that_lets_in_and_hangs_up_is_asked_less_and_less_often() throws Exception {
        AtomicInteger welcomes = new AtomicInteger();
        ScriptedServer server = server(line -> {
            line.welcome();
            welcomes.incrementAndGet();
        });
        client(options(server).withBackoff(Duration.ofMillis(10), Duration.ofMillis(300)));
        await().until(() -> welcomes.get() >= 10);
        for (int i = 7; i < 10; i++) {
            assertThat(Duration.ofNanos(server.arrivals.get(i) - server.arrivals.get(i - 1)))
                    .isGreaterThanOrEqualTo(Duration.ofMillis(150));
        }
    }

    @Test
    void only_a_session_that_lasted_starts_the_pauses_anew() {
        ClientOptions.Retries retries =
                new ClientOptions.Retries(Duration.ofSeconds(1), Duration.ofMillis(100), Duration.ofMillis(1000));
        Backoff backoff = new Backoff(retries, new java.util.SplittableRandom(1));
        for (int most : new int[] {100, 200, 400, 800, 1000, 1000}) {
            assertThat(backoff.millisAfter(0, 1000)).isBetween(most / 2L, (long) most);
        }
        assertThat(backoff.millisAfter(0, 1001)).isBetween(50L, 100L);
        assertThat(backoff.millisAfter(0xffffffffL, -1)).isBetween(0xffffffffL + 100, 0xffffffffL + 200);
    }

    @Test
    void a_token_that_is_renewed_too_late_is_asked_for_until_it_is_there() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        ScriptedServer server = server(line -> {
            if (line.number == 0 || line.number == 4) {
                line.welcome();
                if (line.number == 4) {
                    line.hearOut();
                }
            } else {
                line.hear();
            }
            line.goodbye(AUTH_FAILED, "expired");
        });
        client(options(server).withToken(() -> "token " + asked.incrementAndGet()));
        await().until(() -> heard.connected.get() == 2);
        assertThat(asked).hasValue(5);
        assertThat(heard.ends).isEmpty();
    }

    @Test
    void a_token_that_stays_the_same_or_was_never_good_is_given_up() throws Exception {
        ScriptedServer server = server(line -> {
            line.hear();
            line.goodbye(AUTH_FAILED, "no");
        });
        client(options(server).withToken("token"));
        await().until(() -> heard.ends.size() == 1);
        client(options(server).withToken(() -> "token"));
        await().until(() -> heard.ends.size() == 2);
        assertThat(heard.ends).containsOnly("AUTH_FAILED no");
        assertThat(server.arrivals).hasSize(2);
    }

    @Test
    void what_the_server_would_end_the_session_for_is_refused_to_the_caller() throws Exception {
        ScriptedServer server = server(line -> {
            line.welcome(1, 4096);
            ScriptedServer.Heard frame = line.hear();
            while (frame.body().length < 4096) {
                if (frame.type() == 0x02) {
                    line.say(0x82, java.nio.ByteBuffer.wrap(frame.body()).getLong());
                }
                frame = line.hear();
            }
            line.goodbye(MALFORMED, "too long");
        });
        HeddleClient bob = client(options(server));
        assertThat(bob.awaitConnected(Duration.ofSeconds(10))).isTrue();
        int most = 4096 - 1 - 1 - "alice".length();
        assertThatThrownBy(() -> bob.signal("alice", new byte[most + 1])).isInstanceOf(IllegalArgumentException.class);
        for (String name : List.of("", "a\nb", "\u007f", "x".repeat(129), "é".repeat(65), "\ud800")) {
            assertThatThrownBy(() -> bob.signal(name, new byte[1])).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> bob.send(name, new byte[1])).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> bob.query(name)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> bob.watch(name)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> bob.unwatch(name)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> HeddleClient.open(ClientOptions.of(name), heard))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(bob.send("alice", new byte[4096]).get(10, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        Receipt.Rejected.class,
                        rejected -> assertThat(rejected.code()).isEqualTo(RejectCode.TOO_LARGE.code()));
        bob.signal("alice", new byte[most]);
        assertThat(bob.send("alice", new byte[1]).get(10, TimeUnit.SECONDS)).isInstanceOf(Receipt.Accepted.class);
        assertThat(heard.ends).isEmpty();
        assertThat(heard.losses).isEmpty();
    }

    @Test
    void options_that_could_only_hang_or_fail_later_are_refused() {
        ClientOptions usual = ClientOptions.of("bob");
        assertThatThrownBy(() -> usual.withUnaccepted(0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> usual.withUnaccepted(1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> usual.withMostFrameBytes(511)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> usual.withMostFrameBytes(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> usual.withBackoff(Duration.ZERO, Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> usual.withBackoff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        new ClientOptions.Retries(Duration.ofMillis(-1), Duration.ofMillis(1), Duration.ofMillis(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(usual.withMostFrameBytes(1 << 20)
                        .withExplicitAck()
                        .withCursor(CursorStore.inMemory())
                        .receiving()
                        .mostFrameBytes())
                .isEqualTo(1 << 20);
    }
}
