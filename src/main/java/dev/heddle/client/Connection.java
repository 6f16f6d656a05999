package dev.heddle.client;

import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.PresenceState;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.ServerFrame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a client, from connect to its end. The client's reader runs it; a writer, another virtual thread, empties
 * the outbox into it. Bounded by one frame in each direction.
 */
final class Connection implements AutoCloseable {
    private static final int BUFFER = 64 * 1024;

    private final ClientOptions options;
    private final Outbox outbox;
    private final Progress progress;
    private final Callbacks callbacks;
    private final Backoff backoff;
    private final Runnable onceConnected;
    private final Wire wire;
    private final Incoming incoming;

    private long cursor;
    private long welcomedNanos;
    private boolean loggedIn;
    private boolean storeFailed;
    private @Nullable IOException failure;

    private Connection(
            ClientOptions options,
            Outbox outbox,
            Progress progress,
            Callbacks callbacks,
            Backoff backoff,
            Runnable onceConnected,
            Wire wire)
            throws IOException {
        this.options = options;
        this.outbox = outbox;
        this.progress = progress;
        this.callbacks = callbacks;
        this.backoff = backoff;
        this.onceConnected = onceConnected;
        this.wire = wire;
        this.incoming = new Incoming(wire.in(), Wire.answer(options));
    }

    /** Connects and says LOGIN. */
    static Connection open(
            ClientOptions options,
            byte[] user,
            Outbox outbox,
            Progress progress,
            Callbacks callbacks,
            Backoff backoff,
            Runnable onceConnected)
            throws IOException {
        Wire wire = Wire.connect(options);
        try {
            Connection opened = new Connection(options, outbox, progress, callbacks, backoff, onceConnected, wire);
            opened.cursor = callbacks.ask("the cursor store", progress::load);
            byte[] token = callbacks.ask("the token source", () -> token(options));
            ByteBuffer login = ByteBuffer.allocate(ClientFrames.loginSize(user.length, token.length));
            ClientFrames.login(login, user, opened.cursor, token);
            opened.write(login);
            return opened;
        } catch (Throwable failure) {
            wire.close();
            throw failure;
        }
    }

    private static byte[] token(ClientOptions options) throws IOException {
        byte[] token = options.account().token().token().getBytes(StandardCharsets.UTF_8);
        if (token.length > Protocol.MAX_TOKEN_BYTES) {
            throw new IOException(
                    "the token has " + token.length + " bytes, at most " + Protocol.MAX_TOKEN_BYTES + " are allowed");
        }
        return token;
    }

    /** Reads until the end. */
    End run() {
        try {
            while (true) {
                incoming.read();
                outbox.handling(true);
                for (ServerFrame frame = incoming.next(); frame != null; frame = incoming.next()) {
                    if (frame.type() == Protocol.GOODBYE) {
                        save();
                        return goodbye(frame);
                    }
                    handle(frame);
                }
                save();
                outbox.handling(false);
            }
        } catch (IOException lost) {
            save();
            return failure == null
                    ? new End(null, why(lost), 0, lastedMillis(), false)
                    : new End(null, why(failure), 0, lastedMillis(), true);
        }
    }

    /**
     * The caller's code failed. The connection is given up, so that what was not acknowledged comes again; but only after the
     * pause that is due, and until then it goes on but for deliveries: what the client sends is not to suffer.
     */
    private void giveUp(IOException why) {
        if (failure == null) {
            failure = why;
            long millis = backoff.millisAfter(0, lastedMillis());
            Thread.ofVirtual().name("heddle-client-pause").start(() -> {
                try {
                    TimeUnit.MILLISECONDS.sleep(millis);
                } catch (InterruptedException impossible) {
                    Thread.currentThread().interrupt();
                }
                close();
            });
        }
    }

    /** For people: the message, where that is a sentence ("Connection refused"), and not only a file or a host. */
    static String why(Exception failure) {
        String message = failure.getMessage();
        boolean vague = failure instanceof FileSystemException
                || failure instanceof UnknownHostException
                || !(failure instanceof IOException);
        return message == null || vague ? failure.toString() : message;
    }

    /** What the listener has dealt with is remembered, and then acknowledged. */
    private void save() {
        if (options.receiving().explicitAck() || storeFailed) {
            return;
        }
        try {
            long known = callbacks.ask("the cursor store", progress::save);
            if (known != cursor) {
                cursor = known;
                outbox.ack(known);
            }
        } catch (IOException unsaved) {
            storeFailed = true;
            giveUp(unsaved);
        }
    }

    private End goodbye(ServerFrame frame) {
        String reason = Incoming.text(frame.body());
        GoodbyeCode code = GoodbyeCode.of(frame.code());
        return new End(
                code,
                code == null ? "goodbye " + frame.code() + " " + reason : reason,
                frame.retryAfterMillis(),
                lastedMillis(),
                false);
    }

    private long lastedMillis() {
        return loggedIn ? TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - welcomedNanos) : End.NOT_LOGGED_IN;
    }

    private void handle(ServerFrame frame) throws IOException {
        switch (frame.type()) {
            case Protocol.WELCOME -> welcome(frame);
            case Protocol.ACCEPTED -> outbox.accepted(frame.id());
            case Protocol.REJECTED -> outbox.rejected(frame.id(), frame.code(), Incoming.text(frame.body()));
            case Protocol.DELIVER -> deliver(frame);
            case Protocol.PRESENCE -> presence(frame);
            case Protocol.SIGNALLED -> {
                String sender = Incoming.text(frame.name());
                byte[] body = frame.body();
                callbacks.tell(listener -> listener.onSignal(sender, body));
            }
            default -> {
                // PONG: somebody is there, which is all it says.
            }
        }
    }

    private void welcome(ServerFrame frame) throws IOException {
        if (loggedIn || frame.version() != Protocol.VERSION) {
            throw new IOException(
                    loggedIn ? "the server said WELCOME twice" : "the server speaks version " + frame.version());
        }
        loggedIn = true;
        welcomedNanos = System.nanoTime();
        long backlog = frame.backlog();
        int frameLimit = (int) Math.min(
                Integer.toUnsignedLong(frame.frameLimit()), options.receiving().mostFrameBytes());
        incoming.welcome(frameLimit);
        long pingNanos = TimeUnit.SECONDS.toNanos(Math.max(1, frame.heartbeatSeconds())) / 3;
        try {
            // Every ping is answered, so a longer silence means that nobody is there.
            wire.expectWithin(Math.toIntExact(TimeUnit.SECONDS.toMillis(Math.max(1, frame.heartbeatSeconds()))));
        } catch (SocketException closed) {
            return; // The next read says so.
        }
        int number = outbox.connected(frame.firstId(), cursor, frameLimit);
        Thread.ofVirtual().name("heddle-client-writer").start(() -> write(number, pingNanos));
        onceConnected.run();
        callbacks.tell(listener -> listener.onConnected(backlog));
    }

    private void deliver(ServerFrame frame) {
        long seq = frame.seq();
        outbox.delivered(seq);
        if (failure != null || !progress.isNew(seq)) {
            return;
        }
        boolean explicit = options.receiving().explicitAck();
        Delivery delivery = new Delivery(
                seq,
                frame.id(),
                Incoming.text(frame.name()),
                Instant.ofEpochMilli(frame.acceptedAt()),
                (frame.flags() & Protocol.FLAG_SENT_BEFORE) != 0,
                frame.body(),
                explicit ? this::acknowledge : ignored -> {});
        try {
            if (callbacks.message(delivery) && !explicit) {
                progress.dealtWith(seq);
            }
        } catch (CallbackException thrown) {
            giveUp(thrown);
        }
    }

    /** Any thread: everything up to this seq is dealt with. */
    private void acknowledge(long seq) {
        try {
            outbox.ack(progress.dealtWithAndSaved(seq));
        } catch (IOException unsaved) {
            throw new UncheckedIOException(unsaved);
        }
    }

    private void presence(ServerFrame frame) {
        PresenceState state = frame.state() == PresenceState.ONLINE.code()
                ? PresenceState.ONLINE
                : frame.state() == PresenceState.OFFLINE.code() ? PresenceState.OFFLINE : PresenceState.NEVER_SEEN;
        Instant lastSeen = frame.lastSeen() == 0 ? null : Instant.ofEpochMilli(frame.lastSeen());
        Presence presence = new Presence(Incoming.text(frame.name()), state, lastSeen);
        if (frame.tag() == 0) {
            callbacks.tell(listener -> listener.onPresence(presence));
        } else {
            outbox.answered(frame.tag(), presence);
        }
    }

    // ---- the writer ----

    private void write(int number, long pingNanos) {
        ByteBuffer out = ByteBuffer.allocate(BUFFER);
        long pinged = System.nanoTime();
        try {
            while (!wire.isClosed()) {
                if (outbox.nextSize() > out.capacity()) {
                    out = ByteBuffer.allocate(outbox.nextSize());
                }
                boolean some = outbox.take(out, number, pingNanos);
                if (!some && !outbox.isConnected(number)) {
                    return;
                }
                if (out.remaining() >= ClientFrames.PING_BYTES && System.nanoTime() - pinged >= pingNanos) {
                    pinged = System.nanoTime();
                    ClientFrames.ping(out, 0);
                }
                write(out);
                out.clear();
            }
        } catch (IOException lost) {
            // The reader finds out why.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            close();
        }
    }

    private void write(ByteBuffer out) throws IOException {
        wire.out().write(out.array(), out.arrayOffset(), out.position());
    }

    @Override
    public void close() {
        wire.close();
    }
}
