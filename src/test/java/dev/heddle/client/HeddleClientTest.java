package dev.heddle.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.heddle.wire.PresenceState;
import dev.heddle.wire.RejectCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What the client promises its caller, over a real server. What it promises on a bad network is {@link ReconnectTest}'s. */
@Timeout(20)
@ParameterizedClass(name = "{0} shards")
@ValueSource(strings = {"1", "4"})
final class HeddleClientTest {
    private final String shards;

    @TempDir
    private Path data;

    private final List<AutoCloseable> opened = new ArrayList<>();

    HeddleClientTest(String shards) {
        this.shards = shards;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable thing : opened.reversed()) {
            thing.close();
        }
    }

    private LiveServer server(String... settings) throws Exception {
        Map<String, String> more = new java.util.HashMap<>(Map.of("shards", shards));
        for (int i = 0; i < settings.length; i += 2) {
            more.put(settings[i], settings[i + 1]);
        }
        LiveServer server = new LiveServer(data, more);
        opened.add(server);
        return server;
    }

    private HeddleClient client(ClientOptions options, Listener listener) {
        HeddleClient client = HeddleClient.open(options, listener);
        opened.add(client);
        return client;
    }

    private HeddleClient client(String user, int port, Listener listener) throws InterruptedException {
        HeddleClient client = client(options(user, port), listener);
        assertThat(client.awaitConnected(Duration.ofSeconds(10))).isTrue();
        return client;
    }

    private static ClientOptions options(String user, int port) {
        return ClientOptions.of(user).at("127.0.0.1", port).withBackoff(Duration.ofMillis(2), Duration.ofMillis(20));
    }

    private static Receipt answer(CompletableFuture<Receipt> receipt) throws Exception {
        return receipt.get(10, TimeUnit.SECONDS);
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }

    private static List<Receipt> send(HeddleClient from, String recipient, int messages) throws Exception {
        List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
        for (String text : numbers(0, messages)) {
            receipts.add(from.send(recipient, text.getBytes(UTF_8)));
        }
        List<Receipt> answers = new ArrayList<>();
        for (CompletableFuture<Receipt> receipt : receipts) {
            answers.add(answer(receipt));
        }
        return answers;
    }

    @Test
    void messages_are_accepted_with_growing_ids_and_arrive_in_order() throws Exception {
        LiveServer server = server();
        Recorder heard = new Recorder();
        client("bob", server.port(), heard);
        HeddleClient alice = client("alice", server.port(), new Listener() {});

        List<Receipt> receipts = send(alice, "bob", 1000);

        assertThat(receipts).hasOnlyElementsOfType(Receipt.Accepted.class);
        assertThat(receipts.stream().map(Receipt::id)).isSorted().doesNotHaveDuplicates();
        await().until(() -> heard.messages.size() == 1000);
        assertThat(heard.texts()).isEqualTo(numbers(0, 1000));
        assertThat(heard.messages.stream().map(Delivery::id))
                .isEqualTo(receipts.stream().map(Receipt::id).toList());
        assertThat(heard.messages).allMatch(message -> message.sender().equals("alice") && !message.sentBefore());
    }

    @Test
    void a_full_inbox_rejects_by_its_code_and_takes_nothing_else_along() throws Exception {
        LiveServer server = server("inbox.messages", "2");
        HeddleClient alice = client("alice", server.port(), new Listener() {});

        List<Receipt> receipts = send(alice, "away", 4);

        assertThat(receipts.subList(0, 2)).hasOnlyElementsOfType(Receipt.Accepted.class);
        assertThat(receipts.subList(2, 4))
                .allSatisfy(receipt -> assertThat(receipt)
                        .isInstanceOfSatisfying(
                                Receipt.Rejected.class,
                                rejected -> assertThat(rejected.code()).isEqualTo(RejectCode.INBOX_FULL.code())));
        assertThat(answer(alice.send("other", new byte[1]))).isInstanceOf(Receipt.Accepted.class);
    }

    @Test
    void what_is_too_large_is_rejected_and_the_connection_lives() throws Exception {
        LiveServer server = server("frame.bytes", "4096");
        Recorder heard = new Recorder();
        HeddleClient alice = client("alice", server.port(), heard);
        int fitsDeliver = 4096 - 1 - 8 - 8 - 8 - 1 - 1 - "alice".length();
        int fitsSend = 4096 - 1 - 8 - 1 - "bob".length();

        CompletableFuture<Receipt> largest = alice.send("bob", new byte[fitsDeliver]);
        List<CompletableFuture<Receipt>> larger = List.of(
                alice.send("bob", new byte[fitsDeliver + 1]),
                alice.send("bob", new byte[fitsSend]),
                alice.send("bob", new byte[fitsSend + 1]),
                alice.send("bob", new byte[1 << 20]));
        CompletableFuture<Receipt> small = alice.send("bob", new byte[1]);

        assertThat(answer(largest)).isInstanceOf(Receipt.Accepted.class);
        for (CompletableFuture<Receipt> receipt : larger) {
            assertThat(answer(receipt))
                    .isInstanceOfSatisfying(
                            Receipt.Rejected.class,
                            rejected -> assertThat(rejected.code()).isEqualTo(RejectCode.TOO_LARGE.code()));
        }
        assertThat(answer(small)).isInstanceOf(Receipt.Accepted.class);
        assertThat(heard.disconnected).hasValue(0);
    }

    @Test
    void what_turns_out_too_large_at_the_first_welcome_is_rejected_then() throws Exception {
        LiveServer server = server("frame.bytes", "4096");
        int port = server.port();
        server.stop();
        HeddleClient alice = client(options("alice", port), new Listener() {});
        CompletableFuture<Receipt> large = alice.send("bob", new byte[5000]);
        CompletableFuture<Receipt> small = alice.send("bob", new byte[1]);
        assertThat(large).isNotDone();

        server.startAgain();

        assertThat(answer(large)).isInstanceOf(Receipt.Rejected.class);
        assertThat(answer(small)).isInstanceOf(Receipt.Accepted.class);
    }

    @Test
    void a_message_that_the_listener_has_seen_is_acknowledged_by_itself_even_at_the_last_moment() throws Exception {
        LiveServer server = server();
        HeddleClient alice = client("alice", server.port(), new Listener() {});
        for (int round = 0; round < 20; round++) {
            Recorder heard = new Recorder();
            HeddleClient bob = client("bob", server.port(), heard);
            assertThat(heard.messages).isEmpty();
            send(alice, "bob", 10);
            await().until(() -> heard.messages.size() == 10);
            bob.query("alice").get(10, TimeUnit.SECONDS); // its answer comes after the batch of the last message
            bob.close();
        }
        Recorder last = new Recorder();
        client("bob", server.port(), last);
        await().until(() -> last.backlog.get() >= 0);
        assertThat(last.backlog).hasValue(0);
    }

    @Test
    void what_was_not_acknowledged_explicitly_comes_again() throws Exception {
        LiveServer server = server();
        HeddleClient alice = client("alice", server.port(), new Listener() {});
        Recorder first = new Recorder();
        HeddleClient bob =
                client(options("bob", server.port()).withExplicitAck().withCursor(CursorStore.inMemory()), first);
        send(alice, "bob", 10);
        await().until(() -> first.messages.size() == 10);
        first.messages.get(4).ack();
        first.messages.get(2).ack(); // nothing new: an ACK counts for all before it
        bob.close();

        Recorder second = new Recorder();
        client(options("bob", server.port()).withExplicitAck().withCursor(CursorStore.inMemory()), second);

        await().until(() -> second.messages.size() >= 5);
        assertThat(second.texts()).isEqualTo(numbers(5, 10));
        assertThat(second.messages).allMatch(Delivery::sentBefore);
        assertThat(second.backlog).hasValue(5);
    }

    @Test
    void a_query_tells_never_seen_from_online_from_offline() throws Exception {
        LiveServer server = server();
        HeddleClient alice = client("alice", server.port(), new Listener() {});
        assertThat(alice.query("bob").get(10, TimeUnit.SECONDS))
                .isEqualTo(new Presence("bob", PresenceState.NEVER_SEEN, null));
        HeddleClient bob = client("bob", server.port(), new Listener() {});
        assertThat(alice.query("bob").get(10, TimeUnit.SECONDS).state()).isEqualTo(PresenceState.ONLINE);
        bob.close();
        await().until(() -> alice.query("bob").get(10, TimeUnit.SECONDS).state() == PresenceState.OFFLINE);
        assertThat(alice.query("bob").get(10, TimeUnit.SECONDS).lastSeen()).isNotNull();
    }

    @Test
    void a_watch_tells_now_and_after_each_change() throws Exception {
        LiveServer server = server();
        Recorder heard = new Recorder();
        HeddleClient alice = client("alice", server.port(), heard);
        alice.watch("bob");
        await().until(() -> states(heard, "bob").equals(List.of(PresenceState.NEVER_SEEN)));
        HeddleClient bob = client("bob", server.port(), new Listener() {});
        await().until(() -> states(heard, "bob").getLast() == PresenceState.ONLINE);
        bob.close();
        await().until(() -> states(heard, "bob").getLast() == PresenceState.OFFLINE);
    }

    private static List<PresenceState> states(Recorder heard, String user) {
        return heard.presences.stream()
                .filter(presence -> presence.user().equals(user))
                .map(Presence::state)
                .toList();
    }

    @Test
    void a_signal_reaches_who_is_there_and_a_large_one_holds_nothing_up() throws Exception {
        LiveServer server = server();
        Recorder heard = new Recorder();
        client("bob", server.port(), heard);
        HeddleClient alice = client("alice", server.port(), new Listener() {});
        alice.signal("bob", "typing".getBytes(UTF_8));
        await().until(() -> heard.signals.equals(List.of("alice: typing")));

        alice.signal("bob", new byte[200_000]);
        assertThatThrownBy(() -> alice.signal("bob", new byte[2 << 20]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2097152 bytes");
        assertThat(alice.query("bob").get(10, TimeUnit.SECONDS).state()).isEqualTo(PresenceState.ONLINE);
        assertThat(answer(alice.send("bob", new byte[1]))).isInstanceOf(Receipt.Accepted.class);
    }

    @Test
    void sending_waits_at_the_limit_of_messages_until_there_is_room() throws Exception {
        sendingWaits(options -> options.withUnaccepted(3, 1 << 20), List.of(1, 1, 1), 1);
    }

    @Test
    void sending_waits_at_the_limit_of_bytes_until_there_is_room() throws Exception {
        sendingWaits(options -> options.withUnaccepted(100, 1000), List.of(600), 600);
    }

    @Test
    void a_message_above_the_limit_of_bytes_goes_alone() throws Exception {
        sendingWaits(options -> options.withUnaccepted(100, 1000), List.of(5000), 1);
    }

    private void sendingWaits(
            java.util.function.UnaryOperator<ClientOptions> limits, List<Integer> fitting, int waiting)
            throws Exception {
        LiveServer server = server();
        int port = server.port();
        server.stop();
        HeddleClient alice = client(limits.apply(options("alice", port)), new Listener() {});
        List<CompletableFuture<Receipt>> receipts = new CopyOnWriteArrayList<>();
        for (int size : fitting) {
            receipts.add(alice.send("bob", new byte[size]));
        }
        Thread blocked = Thread.ofPlatform().start(() -> {
            try {
                receipts.add(alice.send("bob", new byte[waiting]));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
        await().until(() -> blocked.getState() == Thread.State.WAITING);
        assertThat(receipts).hasSize(fitting.size());

        server.startAgain();

        assertThat(blocked.join(Duration.ofSeconds(10))).isTrue();
        assertThat(receipts).hasSize(fitting.size() + 1);
        for (CompletableFuture<Receipt> receipt : receipts) {
            assertThat(answer(receipt)).isInstanceOf(Receipt.Accepted.class);
        }
    }

    @Test
    void in_a_listeners_call_the_limit_fails_the_receipt_instead_of_waiting() throws Exception {
        LiveServer server = server();
        List<CompletableFuture<Receipt>> receipts = new CopyOnWriteArrayList<>();
        AtomicReference<HeddleClient> echo = new AtomicReference<>();
        echo.set(client(options("bob", server.port()).withUnaccepted(2, 1 << 20), new Listener() {
            @Override
            public void onMessage(Delivery delivery) {
                try {
                    for (int i = 0; i < 5; i++) {
                        receipts.add(echo.get().send(delivery.sender(), delivery.body()));
                    }
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }));
        Recorder heard = new Recorder();
        HeddleClient alice = client("alice", server.port(), heard);
        assertThat(echo.get().awaitConnected(Duration.ofSeconds(10))).isTrue();
        answer(alice.send("bob", "hi".getBytes(UTF_8)));

        await().until(() -> receipts.size() == 5 && receipts.stream().allMatch(CompletableFuture::isDone));
        assertThat(receipts.stream().map(CompletableFuture::isCompletedExceptionally))
                .containsExactly(false, false, true, true, true);
        await().until(() -> heard.texts().equals(List.of("hi", "hi")));
    }

    @Test
    void what_hangs_on_a_receipt_may_use_the_client_from_any_thread() throws Exception {
        LiveServer server = server();
        HeddleClient alice = client("alice", server.port(), new Listener() {});
        CompletableFuture<Boolean> used = alice.send("bob", new byte[1]).thenApply(receipt -> {
            Thread other = Thread.ofVirtual().start(() -> alice.signal("bob", new byte[1]));
            try {
                return other.join(Duration.ofSeconds(5));
            } catch (InterruptedException interrupted) {
                return false;
            }
        });
        assertThat(used.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void closing_fails_whatever_is_open_and_whoever_waits() throws Exception {
        LiveServer server = server();
        int port = server.port();
        server.stop();
        Recorder heard = new Recorder();
        HeddleClient alice = client(options("alice", port).withUnaccepted(1, 1 << 20), heard);
        CompletableFuture<Receipt> sent = alice.send("bob", new byte[1]);
        CompletableFuture<Presence> asked = alice.query("bob");
        AtomicReference<CompletableFuture<Receipt>> second = new AtomicReference<>();
        Thread blocked = Thread.ofPlatform().start(() -> {
            try {
                second.set(alice.send("bob", new byte[1]));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
        await().until(() -> blocked.getState() == Thread.State.WAITING);

        alice.close();

        assertThat(blocked.join(Duration.ofSeconds(10))).isTrue();
        for (CompletableFuture<?> open :
                List.of(sent, asked, second.get(), alice.send("bob", new byte[1]), alice.query("bob"))) {
            assertThatThrownBy(() -> open.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(IllegalStateException.class);
        }
        await().until(() -> heard.ends.size() == 1);
        alice.close();
    }

    @Test
    void a_later_login_ends_the_earlier_client_for_good_and_says_so() throws Exception {
        LiveServer server = server();
        Recorder heard = new Recorder();
        HeddleClient first = client("alice", server.port(), heard);
        client("alice", server.port(), new Listener() {});
        await().until(() -> heard.ends.size() == 1);
        assertThat(heard.ends.getFirst()).startsWith("REPLACED");
        assertThat(heard.disconnected).hasValue(0);
        assertThat(first.send("bob", new byte[1])).isCompletedExceptionally();
    }

    @Test
    void why_a_connection_was_lost_is_said_in_words() throws Exception {
        Recorder heard = new Recorder();
        int nobodys;
        try (ServerSocket closed = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            nobodys = closed.getLocalPort();
        }
        client(options("alice", nobodys), heard);
        await().until(() -> heard.disconnected.get() >= 1);
        assertThat(heard.losses.getFirst()).isEqualTo("Connection refused");
    }

    @Test
    void a_server_that_does_not_answer_the_login_is_given_up_and_tried_again() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Recorder heard = new Recorder();
            ClientOptions usual = options("alice", silent.getLocalPort());
            ClientOptions.Retries impatient = new ClientOptions.Retries(
                    Duration.ofMillis(100),
                    usual.retries().firstBackoff(),
                    usual.retries().mostBackoff());
            client(
                    new ClientOptions(
                            usual.server(), usual.account(), usual.receiving(), impatient, usual.unaccepted()),
                    heard);
            await().until(() -> heard.disconnected.get() >= 2);
        }
    }

    @Test
    void a_cursor_that_cannot_be_saved_shows_as_a_lost_connection_and_no_message_comes_twice() throws Exception {
        LiveServer server = server();
        AtomicBoolean full = new AtomicBoolean(true);
        CursorStore store = new CursorStore() {
            @Override
            public long load() {
                return 0;
            }

            @Override
            public void save(long cursor) throws IOException {
                if (full.getAndSet(false)) {
                    throw new IOException("no space left");
                }
            }
        };
        Recorder heard = new Recorder();
        client(options("bob", server.port()).withCursor(store), heard);
        HeddleClient alice = client("alice", server.port(), new Listener() {});
        send(alice, "bob", 1);
        await().until(() -> heard.disconnected.get() == 1);
        send(alice, "bob", 100);
        await().until(() -> heard.messages.size() >= 101);
        assertThat(heard.texts().subList(1, 101)).isEqualTo(numbers(0, 100));
        assertThat(heard.messages.stream().map(Delivery::seq)).doesNotHaveDuplicates();
    }
}
