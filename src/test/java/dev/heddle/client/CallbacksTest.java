package dev.heddle.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Code of the caller's that throws, blocks, interrupts or closes, over a real server: nothing is lost or said wrongly. */
@Timeout(30)
final class CallbacksTest {
    @TempDir
    private Path data;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private LiveServer server;

    @BeforeEach
    void start() throws Exception {
        server = new LiveServer(data, Map.of());
        opened.add(server);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable thing : opened.reversed()) {
            thing.close();
        }
    }

    private ClientOptions options(String user) throws IOException {
        return ClientOptions.of(user)
                .at("127.0.0.1", server.port())
                .withBackoff(Duration.ofMillis(2), Duration.ofMillis(400));
    }

    private HeddleClient client(ClientOptions options, Listener listener) {
        HeddleClient client = HeddleClient.open(options, listener);
        opened.add(client);
        return client;
    }

    private void send(String... texts) throws Exception {
        try (HeddleClient alice = HeddleClient.open(options("alice"), new Listener() {})) {
            for (String text : texts) {
                assertThat(alice.send("bob", text.getBytes(UTF_8)).get(10, TimeUnit.SECONDS))
                        .isInstanceOf(Receipt.Accepted.class);
            }
        }
    }

    private List<String> waitingForBob() throws Exception {
        send("end");
        Recorder heard = new Recorder();
        try (HeddleClient _ = HeddleClient.open(options("bob"), heard)) {
            await().until(() -> heard.texts().contains("end"));
        }
        return heard.texts();
    }

    /** What a listener may throw: any exception, also one that is not declared, and any error. */
    static List<Throwable> throwables() {
        return List.of(
                new IllegalStateException("a bug"),
                new IOException("not the network"),
                new InterruptedException("nobody asked"),
                new AssertionError("an error"),
                new NoClassDefFoundError("Missing"),
                new Throwable("anything"));
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> void sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }

    private class Failing implements Listener {
        final List<String> texts = new CopyOnWriteArrayList<>();
        final List<String> losses = new CopyOnWriteArrayList<>();
        final List<String> ends = new CopyOnWriteArrayList<>();
        private final Supplier<@Nullable Throwable> thrown;

        Failing(Supplier<@Nullable Throwable> thrown) {
            this.thrown = thrown;
        }

        @Override
        public void onMessage(Delivery delivery) {
            texts.add(new String(delivery.body(), UTF_8));
            Throwable now = thrown.get();
            if (now != null) {
                sneak(now);
            }
        }

        @Override
        public void onDisconnected(String why) {
            losses.add(why);
        }

        @Override
        public void onEnded(dev.heddle.wire.@Nullable GoodbyeCode code, String why) {
            ends.add(code + " " + why);
        }

        @Override
        public void onFailure(Throwable failure) {
            failures.add(failure);
        }
    }

    @ParameterizedTest
    @MethodSource("throwables")
    void a_message_whose_listener_throws_comes_again_before_those_that_follow_it(Throwable thrown) throws Exception {
        send("one", "two", "three");
        AtomicInteger calls = new AtomicInteger();
        Failing bob = new Failing(() -> calls.incrementAndGet() == 2 ? thrown : null);
        HeddleClient client = client(options("bob"), bob);
        await().until(() -> bob.texts.size() >= 4);
        assertThat(bob.texts).containsExactly("one", "two", "two", "three");
        assertThat(failures).containsExactly(thrown);
        assertThat(bob.losses).singleElement().asString().contains("the listener failed", thrown.toString());
        assertThat(bob.ends).isEmpty();
        assertThat(client.send("alice", new byte[1]).get(10, TimeUnit.SECONDS)).isInstanceOf(Receipt.Accepted.class);
        client.close();
        assertThat(waitingForBob()).containsExactly("end");
    }

    @ParameterizedTest
    @MethodSource("throwables")
    void a_listener_that_always_throws_is_asked_less_and_less_often_and_acknowledges_nothing(Throwable thrown)
            throws Exception {
        send("one", "two");
        Failing bob = new Failing(() -> thrown);
        HeddleClient client = client(options("bob"), bob);
        await().until(() -> bob.texts.size() >= 9); // the pauses are 2, 4, 8 ... 400 ms, half of each at random
        int soFar = bob.texts.size();
        assertThat(client.send("carol", new byte[1]).get(10, TimeUnit.SECONDS)).isInstanceOf(Receipt.Accepted.class);
        TimeUnit.MILLISECONDS.sleep(500);
        assertThat(bob.texts.size() - soFar).isLessThanOrEqualTo(4);
        assertThat(bob.texts).containsOnly("one");
        client.close();
        assertThat(waitingForBob()).containsExactly("one", "two", "end");
    }

    @Test
    void what_the_virtual_machine_throws_ends_the_client_and_is_the_cause_of_all_that_fails() throws Exception {
        send("one", "two");
        OutOfMemoryError thrown = new OutOfMemoryError("as if");
        Failing bob = new Failing(() -> thrown);
        HeddleClient client = HeddleClient.open(options("bob").withUnaccepted(1, 1), bob);
        await().until(() -> bob.ends.size() == 1);
        assertThat(bob.ends).containsExactly("null java.lang.OutOfMemoryError: as if");
        for (CompletableFuture<?> later : List.of(client.send("alice", new byte[1]), client.query("alice"))) {
            assertThatThrownBy(() -> later.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasRootCause(thrown);
        }
        client.close();
        assertThat(waitingForBob()).containsExactly("one", "two", "end");
    }

    @ParameterizedTest
    @MethodSource("throwables")
    void what_the_other_callbacks_throw_is_reported_and_nothing_else(Throwable thrown) throws Exception {
        Recorder heard = new Recorder();
        AtomicBoolean ended = new AtomicBoolean();
        HeddleClient bob = client(options("bob"), new Listener() {
            @Override
            public void onMessage(Delivery delivery) {
                heard.onMessage(delivery);
            }

            @Override
            public void onConnected(long backlog) {
                sneak(thrown);
            }

            @Override
            public void onPresence(Presence presence) {
                sneak(thrown);
            }

            @Override
            public void onSignal(String sender, byte[] body) {
                sneak(thrown);
            }

            @Override
            public void onDisconnected(String why) {
                sneak(thrown);
            }

            @Override
            public void onEnded(dev.heddle.wire.@Nullable GoodbyeCode code, String why) {
                ended.set(true);
                sneak(thrown);
            }

            @Override
            public void onFailure(Throwable failure) {
                failures.add(failure);
                sneak(thrown); // the hook itself
            }
        });
        assertThat(bob.awaitConnected(Duration.ofSeconds(10))).isTrue();
        bob.watch("alice");
        bob.signal("bob", new byte[1]);
        await().until(() -> failures.size() >= 3);
        server.stop();
        await().until(() -> failures.size() >= 4);
        server.startAgain();
        send("one");
        await().until(() -> heard.texts().equals(List.of("one")));
        bob.close();
        await().untilTrue(ended);
    }

    @ParameterizedTest
    @MethodSource("throwables")
    void a_token_source_that_throws_is_asked_again(Throwable thrown) throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Failing listener = new Failing(() -> null);
        HeddleClient bob = client(
                options("bob").withToken(() -> {
                    if (asked.incrementAndGet() < 4) {
                        sneak(thrown);
                    }
                    return "";
                }),
                listener);
        assertThat(bob.awaitConnected(Duration.ofSeconds(10))).isTrue();
        assertThat(asked).hasValue(4);
        assertThat(listener.losses).hasSize(3).allMatch(why -> why.contains(thrown.getMessage()));
    }

    @Test
    void a_token_that_is_too_long_is_asked_for_again_and_said() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Failing listener = new Failing(() -> null);
        HeddleClient bob =
                client(options("bob").withToken(() -> asked.incrementAndGet() == 1 ? "x".repeat(3073) : ""), listener);
        assertThat(bob.awaitConnected(Duration.ofSeconds(10))).isTrue();
        assertThat(listener.losses).singleElement().asString().contains("3073", "3072");
    }

    @ParameterizedTest
    @MethodSource("throwables")
    void a_cursor_store_that_throws_is_asked_again_and_what_it_does_not_have_is_not_acknowledged(Throwable thrown)
            throws Exception {
        send("one", "two");
        AtomicBoolean works = new AtomicBoolean();
        AtomicInteger asked = new AtomicInteger();
        CursorStore store = new CursorStore() {
            private final CursorStore memory = CursorStore.inMemory();

            @Override
            public long load() throws IOException {
                if (asked.incrementAndGet() < 3) {
                    sneak(thrown);
                }
                return memory.load();
            }

            @Override
            public void save(long cursor) throws IOException {
                if (!works.get()) {
                    sneak(thrown);
                }
                memory.save(cursor);
            }
        };
        Failing listener = new Failing(() -> null);
        HeddleClient bob = client(options("bob").withCursor(store), listener);
        await().until(() -> listener.losses.size() >= 6);
        assertThat(listener.texts).as("each once").containsExactly("one", "two");
        assertThat(listener.losses).allMatch(why -> why.contains(thrown.getMessage()));
        bob.close();

        Failing second = new Failing(() -> null);
        HeddleClient again = client(options("bob").withCursor(store), second);
        await().until(() -> second.texts.size() == 2);
        works.set(true);
        assertThat(second.texts).containsExactly("one", "two");
        int losses = second.losses.size();
        await().until(() -> second.losses.size() > losses || store.load() > 0);
        await().until(() -> store.load() > 0);
        again.close();
        assertThat(waitingForBob()).containsExactly("end");
    }

    @Test
    void an_explicit_ack_that_cannot_be_saved_has_not_happened_and_may_be_tried_again() throws Exception {
        send("one");
        AtomicBoolean works = new AtomicBoolean();
        CursorStore store = new CursorStore() {
            @Override
            public long load() {
                return 0;
            }

            @Override
            public void save(long cursor) throws IOException {
                if (!works.get()) {
                    throw new IOException("no space left");
                }
            }
        };
        Recorder heard = new Recorder();
        HeddleClient bob = client(options("bob").withExplicitAck().withCursor(store), heard);
        await().until(() -> heard.messages.size() == 1);
        assertThatThrownBy(() -> heard.messages.getFirst().ack()).hasMessageContaining("no space left");
        bob.close();
        Recorder second = new Recorder();
        HeddleClient again = client(options("bob").withExplicitAck().withCursor(store), second);
        await().until(() -> second.messages.size() == 1);
        assertThatThrownBy(() -> second.messages.getFirst().ack()).hasMessageContaining("no space left");
        works.set(true);
        second.messages.getFirst().ack();
        again.close();
        assertThat(waitingForBob()).containsExactly("end");
    }

    @Test
    void an_interrupt_that_a_callback_leaves_behind_ends_nothing() throws Exception {
        send("one", "two");
        Failing bob = new Failing(() -> {
            Thread.currentThread().interrupt();
            return null;
        });
        HeddleClient client = client(options("bob"), bob);
        await().until(() -> bob.texts.size() == 2);
        assertThat(client.query("alice").get(10, TimeUnit.SECONDS).user()).isEqualTo("alice");
        assertThat(bob.losses).isEmpty();
        assertThat(bob.ends).isEmpty();
    }

    @Test
    void closing_in_a_callback_returns_at_once_acknowledges_what_that_call_had_and_hears_nothing_more()
            throws Exception {
        send("one", "two", "three");
        AtomicReference<HeddleClient> client = new AtomicReference<>();
        CountDownLatch ready = new CountDownLatch(1);
        List<Long> took = new CopyOnWriteArrayList<>();
        Failing bob = new Failing(() -> null) {
            @Override
            public void onMessage(Delivery delivery) {
                super.onMessage(delivery);
                try {
                    ready.await();
                } catch (InterruptedException interrupted) {
                    throw new IllegalStateException(interrupted);
                }
                if (texts.size() == 2) {
                    long began = System.nanoTime();
                    client.get().close();
                    took.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
                }
            }
        };
        client.set(client(options("bob"), bob));
        ready.countDown();
        await().until(() -> bob.ends.size() == 1);
        assertThat(bob.ends).singleElement().asString().startsWith("BYE");
        assertThat(bob.texts).containsExactly("one", "two");
        assertThat(took).singleElement().satisfies(millis -> assertThat(millis).isLessThan(500));
        assertThat(failures).isEmpty();
        assertThat(waitingForBob()).containsExactly("three", "end");
    }

    @Test
    void closing_in_every_other_callback_ends_the_client_too() throws Exception {
        BlockingQueue<HeddleClient> clients = new LinkedBlockingQueue<>();
        Runnable close = () -> {
            try {
                HeddleClient client = clients.take();
                client.close();
                clients.put(client);
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        };
        List<String> ends = new CopyOnWriteArrayList<>();
        Listener atLogin = new Listener() {
            @Override
            public void onConnected(long backlog) {
                close.run();
            }

            @Override
            public void onEnded(dev.heddle.wire.@Nullable GoodbyeCode code, String why) {
                ends.add(why);
            }
        };
        clients.put(HeddleClient.open(options("bob"), atLogin));
        await().until(() -> ends.size() == 1);
        clients.clear();
        clients.put(HeddleClient.open(
                options("bob").withToken(() -> {
                    close.run();
                    return "";
                }),
                atLogin));
        await().until(() -> ends.size() == 2);
        clients.clear();
        clients.put(HeddleClient.open(options("bob").at("127.0.0.1", 1), new Listener() {
            @Override
            public void onDisconnected(String why) {
                close.run();
            }

            @Override
            public void onEnded(dev.heddle.wire.@Nullable GoodbyeCode code, String why) {
                ends.add(why);
                close.run(); // once more, when all is over
            }
        }));
        await().until(() -> ends.size() == 3);
    }

    @Test
    void closing_while_a_callback_does_not_end_is_bounded_and_leaves_its_message_unacknowledged() throws Exception {
        send("one");
        CountDownLatch entered = new CountDownLatch(1);
        Failing bob = new Failing(() -> {
            entered.countDown();
            try {
                new CountDownLatch(1).await();
                return null;
            } catch (InterruptedException interrupted) {
                return interrupted;
            }
        });
        HeddleClient client = client(options("bob"), bob);
        assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
        long began = System.nanoTime();
        client.close();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(6));
        await().until(() -> bob.ends.size() == 1);
        assertThat(waitingForBob()).containsExactly("one", "end");
    }

    @Test
    void a_message_whose_listener_returns_while_the_client_is_closed_is_acknowledged() throws Exception {
        for (int round = 0; round < 10; round++) {
            send("one", "two");
            CountDownLatch entered = new CountDownLatch(1);
            AtomicReference<HeddleClient> client = new AtomicReference<>();
            Failing bob = new Failing(() -> {
                entered.countDown();
                // Returns only once close() has been called by the other thread.
                await().pollInterval(Duration.ofMillis(1))
                        .until(() -> client.get() != null && client.get().isClosing());
                return null;
            });
            client.set(client(options("bob"), bob));
            assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
            client.get().close();
            assertThat(bob.texts).containsExactly("one");
            assertThat(failures).isEmpty();
            await().until(() -> bob.ends.size() == 1);
            assertThat(bob.ends.getFirst()).startsWith("BYE");
            assertThat(waitingForBob()).containsExactly("two", "end");
        }
    }

    @Test
    void what_a_receipts_own_continuation_throws_is_its_own() throws Exception {
        HeddleClient alice = client(options("alice"), new Listener() {});
        List<CompletableFuture<Void>> after = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            after.add(alice.send("bob", new byte[1]).thenAccept(receipt -> {
                throw new AssertionError("a receipt's own trouble");
            }));
        }
        for (CompletableFuture<Void> each : after) {
            assertThatThrownBy(() -> each.get(10, TimeUnit.SECONDS)).hasRootCauseInstanceOf(AssertionError.class);
        }
        assertThat(alice.send("bob", new byte[1]).get(10, TimeUnit.SECONDS)).isInstanceOf(Receipt.Accepted.class);
    }
}
