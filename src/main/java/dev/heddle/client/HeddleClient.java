package dev.heddle.client;

import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.UserNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One user's connection to a Heddle server, for as long as the client is open; any thread. It connects again by itself, after
 * growing pauses, and then sends again what was not accepted.
 *
 * <pre>{@code
 * try (HeddleClient alice = HeddleClient.open(ClientOptions.of("alice"), listener)) {
 *     Receipt receipt = alice.send("bob", "hello".getBytes(UTF_8)).join();
 * }
 * }</pre>
 */
public final class HeddleClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HeddleClient.class);
    private static final Duration BYE = Duration.ofSeconds(2);

    private final ClientOptions options;
    private final Listener listener;
    private final byte[] user;
    private final Outbox outbox;
    private final Progress progress;
    private final Thread reader;
    private final CountDownLatch connectedOnce = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean closing;
    private volatile @Nullable Connection connection;

    private HeddleClient(ClientOptions options, Listener listener) {
        this.options = options;
        this.listener = listener;
        this.user = UserNames.encode(options.account().user());
        this.outbox = new Outbox(options.unaccepted());
        this.progress = new Progress(options.receiving().cursor());
        this.reader = Thread.ofVirtual()
                .name("heddle-client-" + options.account().user())
                .unstarted(this::live);
    }

    /**
     * Opens a client, which connects in the background.
     *
     * @throws IllegalArgumentException if the user is no user name
     */
    public static HeddleClient open(ClientOptions options, Listener listener) {
        HeddleClient client = new HeddleClient(options, listener);
        client.reader.start();
        return client;
    }

    /** Waits until the client has logged in for the first time; false if it has not in this time, or has ended. */
    public boolean awaitConnected(Duration most) throws InterruptedException {
        return connectedOnce.await(most.toNanos(), TimeUnit.NANOSECONDS) && over.getCount() > 0;
    }

    /**
     * Sends a message. Waits while too many are unaccepted; in a listener's call, where waiting would keep their receipts from
     * being read, the receipt fails instead.
     *
     * @return ends when the server has stored or rejected it; fails with {@link IllegalStateException} when the client ends
     *     before
     * @throws IllegalArgumentException if the recipient is no user name
     */
    public CompletableFuture<Receipt> send(String recipient, byte[] body) throws InterruptedException {
        return outbox.send(
                UserNames.encode(recipient), body, !Thread.currentThread().equals(reader));
    }

    /** Asks who is online; asked again after a lost connection. */
    public CompletableFuture<Presence> query(String other) {
        return outbox.query(valid(other));
    }

    /** From now on the listener is told of this user's presence, across connections. */
    public void watch(String other) {
        outbox.watch(valid(other), true);
    }

    public void unwatch(String other) {
        outbox.watch(other, false);
    }

    private static String valid(String other) {
        return text(UserNames.encode(other));
    }

    /** Sends a signal, if there is a connection now that keeps up: it is never stored. */
    public void signal(String recipient, byte[] body) {
        byte[] name = UserNames.encode(recipient);
        ByteBuffer frame = ByteBuffer.allocate(ClientFrames.signalSize(name.length, body.length));
        ClientFrames.signal(frame, name, body);
        outbox.signal(frame);
    }

    /** Logs out and ends. Messages that were not accepted by then fail; await their receipts before. */
    @Override
    public void close() {
        closing = true;
        ByteBuffer logout = ByteBuffer.allocate(ClientFrames.LOGOUT_BYTES);
        ClientFrames.logout(logout);
        outbox.sayNow(logout);
        try {
            if (connection == null || !over.await(BYE.toMillis(), TimeUnit.MILLISECONDS)) {
                abandon();
                over.await(BYE.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException interrupted) {
            abandon();
            Thread.currentThread().interrupt();
        }
    }

    private void abandon() {
        reader.interrupt();
        Connection current = connection;
        if (current != null) {
            current.close();
        }
    }

    // ---- the reader ----

    private void live() {
        GoodbyeCode last = null;
        String why = "closed";
        long first = options.retries().firstBackoff().toMillis();
        long most = options.retries().mostBackoff().toMillis();
        long backoff = first;
        try {
            while (!closing) {
                End end = connect();
                why = end.why();
                last = end.code();
                if (end.isFinal() || closing) {
                    break;
                }
                tell(() -> listener.onDisconnected(end.why()));
                backoff = end.loggedIn() ? first : backoff;
                pause(end.retryAfterMillis(), backoff);
                backoff = Math.min(2 * backoff, most);
            }
        } catch (InterruptedException closed) {
            why = "closed";
        } finally {
            end(last, why);
        }
    }

    private End connect() {
        try (Connection opened = Connection.open(options, user, outbox, progress, listener, connectedOnce::countDown)) {
            connection = opened;
            return opened.run();
        } catch (IOException failure) {
            return End.lost(Connection.why(failure));
        } finally {
            connection = null;
            outbox.disconnected();
        }
    }

    /** As long as the server advised, and then a part of the backoff that is different for each client. */
    private static void pause(long advised, long backoff) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(
                advised + backoff / 2 + ThreadLocalRandom.current().nextLong(backoff / 2 + 1));
    }

    private void end(@Nullable GoodbyeCode code, String why) {
        outbox.end(new IllegalStateException("the client has ended: " + (code == null ? why : code + " " + why)));
        over.countDown();
        connectedOnce.countDown();
        tell(() -> listener.onEnded(code, why));
    }

    /** Calls the listener, whose failures are its own. */
    static void tell(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException failure) {
            LOG.warn("a listener failed", failure);
        }
    }

    static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
