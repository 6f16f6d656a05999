package dev.heddle.client;

import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.UserNames;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One user's connection to a Heddle server, for as long as the client is open; any thread. It connects again by itself, after
 * growing pauses, and then sends again what was not accepted.
 *
 * <pre>{@code
 * try (HeddleClient alice = HeddleClient.open(ClientOptions.of("alice"), listener)) {
 *     Receipt receipt = alice.send("bob", "hello".getBytes(UTF_8)).join();
 * }
 * }</pre>
 *
 * <p><b>What the caller's code throws</b>, of whatever type, is told to {@link Listener#onFailure}, and does not end the client.
 * A message whose listener threw is not acknowledged, nor does another one come before it: after a pause, in which the client
 * goes on sending, it connects again and gets that message again. A cursor that cannot be saved has the same consequence, and a
 * login whose token source or cursor store threw is tried again after a pause. {@link Listener#onDisconnected} says why. What the listener's
 * other methods throw has no other consequence. A {@link VirtualMachineError}, after which nothing can be relied on, ends the
 * client; it is then the cause of what every open and later receipt fails with.
 */
public final class HeddleClient implements AutoCloseable {
    private static final Duration BYE = Duration.ofSeconds(2);

    private final ClientOptions options;
    private final byte[] user;
    private final Callbacks callbacks;
    private final Outbox outbox;
    private final Progress progress;
    private final Backoff backoff;
    private final Thread reader;
    private final CountDownLatch connectedOnce = new CountDownLatch(1);
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean connecting;
    private volatile @Nullable Connection connection;

    private HeddleClient(ClientOptions options, Listener listener) {
        this.options = options;
        this.user = UserNames.encode(options.account().user());
        this.callbacks = new Callbacks(Objects.requireNonNull(listener));
        this.outbox = new Outbox(options.unaccepted(), options.receiving().mostFrameBytes());
        this.progress = new Progress(options.receiving().cursor());
        this.backoff = new Backoff(options.retries(), new SplittableRandom());
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
     *     before. What hangs on it runs on the client's own thread, as a listener does
     * @throws IllegalArgumentException if the recipient is no user name
     */
    public CompletableFuture<Receipt> send(String recipient, byte[] body) throws InterruptedException {
        return outbox.send(
                UserNames.encode(recipient), body, !Thread.currentThread().equals(reader));
    }

    /**
     * Asks who is online; asked again after a lost connection.
     *
     * @throws IllegalArgumentException if that is no user name
     */
    public CompletableFuture<Presence> query(String other) {
        return outbox.query(valid(other));
    }

    /**
     * From now on the listener is told of this user's presence, across connections.
     *
     * @throws IllegalArgumentException if that is no user name
     */
    public void watch(String other) {
        outbox.watch(valid(other), true);
    }

    public void unwatch(String other) {
        outbox.watch(valid(other), false);
    }

    private static String valid(String other) {
        return Incoming.text(UserNames.encode(other));
    }

    /**
     * Sends a signal, if there is a connection now that keeps up: it is never stored.
     *
     * @throws IllegalArgumentException if the recipient is no user name, or the signal does not fit a frame
     */
    public void signal(String recipient, byte[] body) {
        outbox.signal(UserNames.encode(recipient), body);
    }

    /**
     * Logs out and ends. What the listener has returned from is acknowledged before, and it gets no more messages. Messages
     * that were not accepted by then fail; await their receipts before.
     *
     * <p>Waits until the client has ended, but for a call of the caller's code, or a server that does not answer, no longer
     * than some 4 seconds; after the first two the connection is cut and the call interrupted. In a call of the caller's code
     * it returns at once, and the client ends after that.
     */
    @Override
    public void close() {
        callbacks.silence();
        closing.countDown();
        outbox.logout();
        if (Thread.currentThread().equals(reader)) {
            Thread.ofVirtual().name("heddle-client-close").start(this::awaitEnd);
        } else {
            awaitEnd();
        }
    }

    private void awaitEnd() {
        try {
            if (connecting || !over.await(BYE.toMillis(), TimeUnit.MILLISECONDS)) {
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

    boolean isClosing() {
        return closing.getCount() == 0;
    }

    // ---- the reader ----

    private void live() {
        End last = End.lost("closed");
        try {
            while (!isClosing()) {
                End end = connect();
                last = end;
                if (end.isFinal(mayBeLetInLater()) || isClosing()) {
                    break;
                }
                callbacks.tell(listener -> listener.onDisconnected(end.why()));
                pause(end.waited() ? 0 : backoff.millisAfter(end.retryAfterMillis(), end.lastedMillis()));
            }
            end(last.code(), last.why(), null);
        } catch (Throwable broken) {
            end(null, broken.toString(), broken);
        }
    }

    /** A token that is renewed may come late; but who was never let in is told at once that the first one was wrong. */
    private boolean mayBeLetInLater() {
        return options.account().token().mayChange() && connectedOnce.getCount() == 0;
    }

    private End connect() {
        connecting = true;
        try (Connection opened =
                Connection.open(options, user, outbox, progress, callbacks, backoff, connectedOnce::countDown)) {
            connection = opened;
            connecting = false;
            return isClosing() ? End.lost("closed") : opened.run();
        } catch (IOException failure) {
            return End.lost(Connection.why(failure));
        } catch (RuntimeException failure) {
            // Of what an SSLContext of the caller's brings along, for instance.
            callbacks.report(failure);
            return End.lost(Connection.why(failure));
        } finally {
            connecting = false;
            connection = null;
            outbox.disconnected();
        }
    }

    private void pause(long millis) {
        try {
            boolean _ = closing.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException closed) {
            // The loop looks whether it is.
        }
    }

    private void end(@Nullable GoodbyeCode code, String why, @Nullable Throwable cause) {
        outbox.end(
                new IllegalStateException("the client has ended: " + (code == null ? why : code + " " + why), cause));
        over.countDown();
        connectedOnce.countDown();
        callbacks.tellInAnyCase(listener -> listener.onEnded(code, why));
    }
}
