package dev.heddle.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.ServerFrames;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Connections that are cut at every unhappy byte: nothing is lost, nothing comes twice, nothing changes places. */
@Timeout(20)
final class ReconnectTest {
    @TempDir
    private Path data;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private LiveServer server;

    @BeforeEach
    void start() throws Exception {
        server = new LiveServer(data, Map.of());
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable thing : opened.reversed()) {
            thing.close();
        }
        server.close();
    }

    private Relay relay(IntFunction<Relay.Cut> cuts) throws Exception {
        Relay relay = new Relay(server.port(), cuts);
        opened.add(relay);
        return relay;
    }

    private HeddleClient client(ClientOptions options, Listener listener) {
        HeddleClient client = HeddleClient.open(options, listener);
        opened.add(client);
        return client;
    }

    private static ClientOptions options(String user, int port) {
        return ClientOptions.of(user).at("127.0.0.1", port).withBackoff(Duration.ofMillis(1), Duration.ofMillis(5));
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }

    private static List<Receipt> send(HeddleClient from, List<String> texts) throws Exception {
        List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
        for (String text : texts) {
            receipts.add(from.send("bob", text.getBytes(UTF_8)));
        }
        List<Receipt> answers = new ArrayList<>();
        for (CompletableFuture<Receipt> receipt : receipts) {
            answers.add(receipt.get(15, TimeUnit.SECONDS));
        }
        return answers;
    }

    @Test
    void cut_at_random_bytes_in_both_directions_everything_arrives_once_and_in_order() throws Exception {
        long seed = Long.getLong("heddle.seed", System.nanoTime());
        System.out.println("ReconnectTest: -Dheddle.seed=" + seed);
        Random random = new Random(seed);
        List<Relay.Cut> cuts = Stream.generate(
                        () -> new Relay.Cut(random.nextLong(1, 1500), random.nextLong(1, 1500), false))
                .limit(200)
                .toList();
        Relay aliceRelay = relay(number -> number < 100 ? cuts.get(number) : Relay.Cut.NEVER);
        Relay bobRelay = relay(number -> number < 100 ? cuts.get(100 + number) : Relay.Cut.NEVER);
        Recorder heard = new Recorder();
        client(options("bob", bobRelay.port()), heard);
        HeddleClient alice = client(options("alice", aliceRelay.port()), new Listener() {});

        List<Receipt> receipts = send(alice, numbers(0, 500));

        assertThat(receipts).hasOnlyElementsOfType(Receipt.Accepted.class);
        assertThat(receipts.stream().map(Receipt::id)).isSorted().doesNotHaveDuplicates();
        await().until(() -> heard.messages.size() >= 500);
        assertThat(heard.texts()).isEqualTo(numbers(0, 500));
        assertThat(aliceRelay.connections()).as("connections of the sender").isGreaterThan(5);
        assertThat(bobRelay.connections()).as("connections of the recipient").isGreaterThan(5);
    }

    @Test
    void an_answer_that_is_cut_off_at_any_of_its_bytes_is_asked_for_again_and_the_message_stored_once()
            throws Exception {
        Relay relay = relay(number -> number < Relay.ACCEPTED_BYTES
                ? new Relay.Cut(Long.MAX_VALUE, Relay.WELCOME_BYTES + number, false)
                : Relay.Cut.NEVER);
        Recorder heard = new Recorder();
        client(options("bob", server.port()), heard);
        HeddleClient alice = client(options("alice", relay.port()), new Listener() {});

        assertThat(send(alice, List.of("once"))).hasOnlyElementsOfType(Receipt.Accepted.class);

        assertThat(relay.connections()).isEqualTo(Relay.ACCEPTED_BYTES + 1);
        assertThat(send(alice, List.of("after it"))).hasOnlyElementsOfType(Receipt.Accepted.class);
        await().until(() -> heard.messages.size() >= 2);
        assertThat(heard.texts()).containsExactly("once", "after it");
    }

    @Test
    void who_is_told_when_to_come_back_does_not_come_earlier() throws Exception {
        int advised = 200;
        List<Long> arrivals = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            client(options("alice", full.getLocalPort()), new Listener() {});
            for (int i = 0; i < 6; i++) {
                try (Socket socket = full.accept()) {
                    arrivals.add(System.nanoTime());
                    ByteBuffer goodbye = ByteBuffer.allocate(ServerFrames.goodbyeSize(4));
                    ServerFrames.goodbye(goodbye, GoodbyeCode.OVERLOADED, advised, "full");
                    socket.getOutputStream().write(goodbye.array());
                    socket.shutdownOutput();
                    socket.getInputStream().readAllBytes();
                }
            }
        }
        for (int i = 1; i < arrivals.size(); i++) {
            assertThat(Duration.ofNanos(arrivals.get(i) - arrivals.get(i - 1)))
                    .isGreaterThanOrEqualTo(Duration.ofMillis(advised));
        }
    }

    @Test
    void with_its_cursor_in_a_file_a_client_sees_each_message_once_across_its_restarts() throws Exception {
        Path file = data.resolve("bob.cursor");
        int loginBytes = 4 + 1 + 1 + 1 + "bob".length() + 8 + 2;
        // A client has one connection, on which no ACK gets through: what is not to come twice, it has to know by
        // itself.
        AtomicBoolean started = new AtomicBoolean();
        Relay relay = relay(number -> started.getAndSet(false)
                ? new Relay.Cut(loginBytes, Long.MAX_VALUE, true)
                : new Relay.Cut(0, 0, false));
        HeddleClient alice = client(options("alice", server.port()), new Listener() {});
        List<String> seen = new ArrayList<>();
        for (int restart = 0; restart < 10; restart++) {
            send(alice, numbers(10 * restart, 10 * restart + 10));
            Recorder heard = new Recorder();
            started.set(true);
            HeddleClient bob = client(options("bob", relay.port()).withCursor(CursorStore.inFile(file)), heard);
            await().until(() -> heard.messages.size() >= 10);
            relay.cut();
            bob.close();
            seen.addAll(heard.texts());
        }
        assertThat(seen).isEqualTo(numbers(0, 100));
    }

    @Test
    void with_its_cursor_in_memory_a_client_sees_each_message_once_across_its_connections() throws Exception {
        Relay relay = relay(number -> Relay.Cut.NEVER);
        Recorder heard = new Recorder();
        client(options("bob", relay.port()), heard);
        HeddleClient alice = client(options("alice", server.port()), new Listener() {});
        for (int i = 0; i < 10; i++) {
            int sent = 10 * i;
            send(alice, numbers(sent, sent + 10));
            await().until(() -> heard.messages.size() >= sent + 5);
            relay.cut();
        }
        await().until(() -> heard.messages.size() >= 100);
        assertThat(heard.texts()).isEqualTo(numbers(0, 100));
    }

    /** The server's window starts small on each connection, so that the second one lags behind what the first delivered. */
    @Test
    void a_message_of_the_connection_before_may_be_acknowledged_on_this_one() throws Exception {
        Relay relay = relay(number -> Relay.Cut.NEVER);
        send(client(options("alice", server.port()), new Listener() {}), numbers(0, 100));
        Recorder heard = new Recorder();
        client(options("bob", relay.port()).withExplicitAck(), heard);
        await().until(() -> heard.messages.size() == 16);
        heard.messages.get(15).ack();
        await().until(() -> heard.messages.size() == 48);
        relay.cut();
        await().until(() -> heard.messages.size() == 64);
        assertThat(heard.texts().subList(48, 64)).isEqualTo(numbers(16, 32));

        heard.messages.get(47).ack();

        await().until(() -> {
            heard.messages.getLast().ack();
            return heard.texts().getLast().equals("99");
        });
        assertThat(heard.texts().subList(64, heard.messages.size())).isEqualTo(numbers(48, 100));
        assertThat(heard.connected).hasValue(2);
        assertThat(heard.ends).isEmpty();
    }

    @Test
    void acknowledging_late_what_an_earlier_connection_delivered_does_not_set_the_cursor_back() throws Exception {
        Relay relay = relay(number -> Relay.Cut.NEVER);
        send(client(options("alice", server.port()), new Listener() {}), numbers(0, 3));
        CursorStore store = CursorStore.inMemory();
        Recorder heard = new Recorder();
        client(options("bob", relay.port()).withExplicitAck().withCursor(store), heard);
        await().until(() -> heard.messages.size() == 3);
        relay.cut();
        await().until(() -> heard.messages.size() == 6);

        heard.messages.get(5).ack();
        heard.messages.get(0).ack();

        assertThat(store.load()).isEqualTo(heard.messages.get(5).seq());
    }

    @Test
    void watches_and_open_questions_outlive_a_connection() throws Exception {
        AtomicInteger connection = new AtomicInteger();
        Relay relay = relay(number -> {
            connection.set(number);
            // The first connection's question is never answered.
            return number == 0 ? new Relay.Cut(Long.MAX_VALUE, Relay.WELCOME_BYTES, false) : Relay.Cut.NEVER;
        });
        Recorder heard = new Recorder();
        HeddleClient alice = client(options("alice", relay.port()), heard);
        CompletableFuture<Presence> asked = alice.query("bob");
        assertThat(asked.get(10, TimeUnit.SECONDS).user()).isEqualTo("bob");
        assertThat(connection).hasValue(1);

        alice.watch("bob");
        alice.watch("carol");
        await().until(() -> heard.presences.size() == 2);
        alice.unwatch("bob");
        relay.cut();
        await().until(() -> heard.presences.size() >= 3);
        assertThat(heard.presences.stream().map(Presence::user)).containsExactly("bob", "carol", "carol");
    }

    @Test
    void a_server_that_comes_back_on_its_port_is_found_again_and_has_lost_nothing() throws Exception {
        Recorder heard = new Recorder();
        client(options("bob", server.port()), heard);
        HeddleClient alice = client(options("alice", server.port()), new Listener() {});
        for (int restart = 0; restart < 3; restart++) {
            List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
            for (String text : numbers(100 * restart, 100 * restart + 50)) {
                receipts.add(alice.send("bob", text.getBytes(UTF_8)));
            }
            server.stop();
            for (String text : numbers(100 * restart + 50, 100 * restart + 100)) {
                receipts.add(alice.send("bob", text.getBytes(UTF_8)));
            }
            server.startAgain();
            for (CompletableFuture<Receipt> receipt : receipts) {
                assertThat(receipt.get(15, TimeUnit.SECONDS)).isInstanceOf(Receipt.Accepted.class);
            }
        }
        await().until(() -> heard.messages.size() >= 300);
        assertThat(heard.texts()).isEqualTo(numbers(0, 300));
    }

    @Test
    void a_connection_on_which_nothing_comes_any_more_is_given_up_after_a_heartbeat() throws Exception {
        try (LiveServer brisk = new LiveServer(data.resolve("brisk"), Map.of("heartbeat.seconds", "1"));
                Relay relay = new Relay(
                        brisk.port(),
                        number -> number == 0
                                ? new Relay.Cut(Long.MAX_VALUE, Relay.WELCOME_BYTES, true)
                                : Relay.Cut.NEVER)) {
            Recorder heard = new Recorder();
            client(options("bob", relay.port()), heard);
            HeddleClient alice = client(options("alice", brisk.port()), new Listener() {});

            assertThat(send(alice, List.of("into the void"))).hasOnlyElementsOfType(Receipt.Accepted.class);

            await().until(() -> heard.texts().equals(List.of("into the void")));
            assertThat(relay.connections()).isEqualTo(2);
        }
    }
}
