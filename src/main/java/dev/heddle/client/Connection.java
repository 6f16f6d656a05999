package dev.heddle.client;

import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.FrameCursor;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.PresenceState;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.ServerFrame;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * One connection of a client, from connect to its end. The client's reader runs it; a writer, another virtual thread, empties
 * the outbox into it. Bounded by one frame in each direction.
 */
final class Connection implements AutoCloseable {
    private static final int BUFFER = 64 * 1024;

    private final ClientOptions options;
    private final Outbox outbox;
    private final Progress progress;
    private final Listener listener;
    private final Runnable onceConnected;
    private final Wire wire;
    private final ServerFrame frame = new ServerFrame();

    private ByteBuffer in = ByteBuffer.allocate(BUFFER);
    private long cursor;
    private long saved;
    private boolean loggedIn;

    private Connection(
            ClientOptions options,
            Outbox outbox,
            Progress progress,
            Listener listener,
            Runnable onceConnected,
            Wire wire) {
        this.options = options;
        this.outbox = outbox;
        this.progress = progress;
        this.listener = listener;
        this.onceConnected = onceConnected;
        this.wire = wire;
    }

    /** Connects and says LOGIN. */
    static Connection open(
            ClientOptions options,
            byte[] user,
            Outbox outbox,
            Progress progress,
            Listener listener,
            Runnable onceConnected)
            throws IOException {
        Wire wire = Wire.connect(options);
        try {
            Connection opened = new Connection(options, outbox, progress, listener, onceConnected, wire);
            opened.cursor = progress.load();
            byte[] token = options.account().token().token().getBytes(StandardCharsets.UTF_8);
            ByteBuffer login = ByteBuffer.allocate(ClientFrames.loginSize(user.length, token.length));
            ClientFrames.login(login, user, opened.cursor, token);
            opened.write(login);
            return opened;
        } catch (IOException | RuntimeException failure) {
            wire.close();
            throw failure;
        }
    }

    /** Reads until the end. */
    End run() {
        FrameCursor frames = new FrameCursor(Integer.MAX_VALUE - 8);
        saved = cursor;
        try {
            while (true) {
                read();
                frames.wrap(in, 0, in.position());
                FrameCursor.Step step = frames.next();
                for (; step == FrameCursor.Step.FRAME; step = frames.next()) {
                    if (!frame.parse(in, frames.type(), frames.bodyStart(), frames.bodyEnd())) {
                        throw new IOException("the server sent what is no frame of this protocol");
                    }
                    if (frame.type() == Protocol.GOODBYE) {
                        save();
                        return goodbye();
                    }
                    handle();
                }
                save();
                if (step != FrameCursor.Step.INCOMPLETE) {
                    throw new IOException("the server sent a frame of a wrong length");
                }
                in.limit(in.position()).position(frames.consumed());
                in.compact();
            }
        } catch (IOException lost) {
            return new End(null, unsaved(lost), 0, loggedIn);
        }
    }

    /** Whatever ended the connection: what the listener has seen is to be seen once. */
    private String unsaved(IOException lost) {
        try {
            save();
            return why(lost);
        } catch (IOException failure) {
            return why(failure);
        }
    }

    /** For people: the message, where that is a sentence ("Connection refused"), and not only a file or a host. */
    static String why(IOException failure) {
        String message = failure.getMessage();
        boolean vague = failure instanceof FileSystemException || failure instanceof UnknownHostException;
        return message == null || vague ? failure.toString() : message;
    }

    /** What the listener has dealt with is remembered, and then acknowledged. */
    private void save() throws IOException {
        if (!options.receiving().explicitAck() && Long.compareUnsigned(cursor, saved) > 0) {
            progress.advance(cursor);
            outbox.ack(cursor);
            saved = cursor;
        }
    }

    private void read() throws IOException {
        if (in.position() >= Protocol.LENGTH_BYTES) {
            if (!loggedIn && Wire.looksLikeTls(in)) {
                throw new IOException("the server speaks TLS at this port");
            }
            long needed = (in.getInt(0) & 0xffffffffL) + Protocol.LENGTH_BYTES;
            if (needed > in.capacity()) {
                in = ByteBuffer.allocate(Math.toIntExact(needed)).put(in.flip());
            }
        }
        int count = wire.in().read(in.array(), in.arrayOffset() + in.position(), in.remaining());
        if (count < 0) {
            throw new EOFException("the server closed the connection");
        }
        in.position(in.position() + count);
    }

    private End goodbye() {
        String reason = HeddleClient.text(frame.body());
        GoodbyeCode code = GoodbyeCode.of(frame.code());
        return new End(
                code,
                code == null ? "goodbye " + frame.code() + " " + reason : reason,
                frame.retryAfterMillis(),
                loggedIn);
    }

    private void handle() {
        switch (frame.type()) {
            case Protocol.WELCOME -> welcome();
            case Protocol.ACCEPTED -> outbox.accepted(frame.id());
            case Protocol.REJECTED -> outbox.rejected(frame.id(), frame.code(), HeddleClient.text(frame.body()));
            case Protocol.DELIVER -> deliver();
            case Protocol.PRESENCE -> presence();
            case Protocol.SIGNALLED -> {
                String sender = HeddleClient.text(frame.name());
                byte[] body = frame.body();
                HeddleClient.tell(() -> listener.onSignal(sender, body));
            }
            default -> {
                // PONG: somebody is there, which is all it says.
            }
        }
    }

    private void welcome() {
        loggedIn = true;
        long backlog = frame.backlog();
        long pingNanos = TimeUnit.SECONDS.toNanos(Math.max(1, frame.heartbeatSeconds())) / 3;
        try {
            // Every ping is answered, so a longer silence means that nobody is there.
            wire.expectWithin(Math.toIntExact(TimeUnit.SECONDS.toMillis(Math.max(1, frame.heartbeatSeconds()))));
        } catch (SocketException closed) {
            return; // The next read says so.
        }
        int number = outbox.connected(frame.firstId(), cursor, frame.frameLimit());
        Thread.ofVirtual().name("heddle-client-writer").start(() -> write(number, pingNanos));
        onceConnected.run();
        HeddleClient.tell(() -> listener.onConnected(backlog));
    }

    private void deliver() {
        long seq = frame.seq();
        outbox.delivered(seq);
        if (Long.compareUnsigned(seq, Progress.later(cursor, progress.reached())) <= 0) {
            return;
        }
        Delivery delivery = new Delivery(
                seq,
                frame.id(),
                HeddleClient.text(frame.name()),
                Instant.ofEpochMilli(frame.acceptedAt()),
                (frame.flags() & Protocol.FLAG_SENT_BEFORE) != 0,
                frame.body(),
                options.receiving().explicitAck() ? this::acknowledge : ignored -> {});
        HeddleClient.tell(() -> listener.onMessage(delivery));
        if (!options.receiving().explicitAck()) {
            cursor = seq;
        }
    }

    /** Any thread: everything up to this seq is dealt with. */
    private void acknowledge(long seq) {
        try {
            if (progress.advance(seq)) {
                outbox.ack(seq);
            }
        } catch (IOException unsaved) {
            throw new UncheckedIOException(unsaved);
        }
    }

    private void presence() {
        PresenceState state = frame.state() == PresenceState.ONLINE.code()
                ? PresenceState.ONLINE
                : frame.state() == PresenceState.OFFLINE.code() ? PresenceState.OFFLINE : PresenceState.NEVER_SEEN;
        Instant lastSeen = frame.lastSeen() == 0 ? null : Instant.ofEpochMilli(frame.lastSeen());
        Presence presence = new Presence(HeddleClient.text(frame.name()), state, lastSeen);
        if (frame.tag() == 0) {
            HeddleClient.tell(() -> listener.onPresence(presence));
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
            close();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
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
