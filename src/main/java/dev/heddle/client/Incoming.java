package dev.heddle.client;

import dev.heddle.wire.FrameCursor;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.ServerFrame;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The frames that come on a connection; its reader's. Bounded by the largest frame that may come, which is small until the other
 * side has shown that it is a Heddle server, and never more than {@link #welcome} allows: nothing is allocated for a length
 * beyond that.
 */
final class Incoming {
    /** Bytes of the first frame: WELCOME, or GOODBYE with its reason. */
    static final int GREETING_LIMIT = 4096;

    private static final int BUFFER = 64 * 1024;
    private static final int QUOTED = 60;
    private static final int TLS_ALERT = 0x15;
    private static final int TLS_MAJOR = 3;

    private final InputStream stream;
    private final long patienceNanos;
    private final long began = System.nanoTime();
    private final ServerFrame frame = new ServerFrame();
    private ByteBuffer in = ByteBuffer.allocate(BUFFER);
    private FrameCursor cursor = new FrameCursor(GREETING_LIMIT);
    private boolean welcomed;

    /** @param patience until WELCOME */
    Incoming(InputStream stream, Duration patience) {
        this.stream = stream;
        this.patienceNanos = patience.toNanos();
        cursor.wrap(in, 0, 0);
    }

    /** Reads something; what {@link #next} gave is no longer valid. */
    void read() throws IOException {
        in.limit(in.position()).position(cursor.consumed());
        in.compact();
        makeRoom();
        int count;
        try {
            count = stream.read(in.array(), in.arrayOffset() + in.position(), in.remaining());
        } catch (SocketTimeoutException silent) {
            throw new IOException("nothing came from the server for too long", silent);
        }
        if (count < 0) {
            throw new EOFException("the server closed the connection");
        }
        in.position(in.position() + count);
        cursor.wrap(in, 0, in.position());
        if (!welcomed && System.nanoTime() - began > patienceNanos) {
            throw new IOException("the server does not answer LOGIN in time");
        }
    }

    private void makeRoom() {
        if (in.position() >= Protocol.LENGTH_BYTES) {
            // Not above the limit, or next() would have said so.
            int needed = in.getInt(0) + Protocol.LENGTH_BYTES;
            if (needed > in.capacity()) {
                in = ByteBuffer.allocate(needed).put(in.flip());
            }
        }
    }

    /**
     * The next frame of what was read, valid until the next call; null if there is no whole one.
     *
     * @throws IOException if that is no frame of a Heddle server
     */
    @Nullable
    ServerFrame next() throws IOException {
        FrameCursor.Step step = cursor.next();
        if (step == FrameCursor.Step.INCOMPLETE) {
            return null;
        }
        boolean known =
                step == FrameCursor.Step.FRAME && frame.parse(in, cursor.type(), cursor.bodyStart(), cursor.bodyEnd());
        if (!welcomed && (!known || !isGreeting(cursor.type()))) {
            throw new IOException(stranger());
        }
        if (!known) {
            throw new IOException(
                    step == FrameCursor.Step.TOO_LARGE
                            ? "the server sent a frame larger than it may be"
                            : "the server sent what is no frame of this protocol");
        }
        return frame;
    }

    private static boolean isGreeting(int type) {
        return type == Protocol.WELCOME || type == Protocol.GOODBYE;
    }

    /** The server has let us in: from now on frames may be that long. */
    void welcome(int frameLimit) {
        welcomed = true;
        int from = cursor.consumed();
        cursor = new FrameCursor(frameLimit);
        cursor.wrap(in, from, in.position());
    }

    /** The likely kind of a server that is not Heddle, guessed from its first bytes. */
    private String stranger() {
        if (in.get(0) == TLS_ALERT && in.get(1) == TLS_MAJOR) {
            return "the server speaks TLS at this port";
        }
        byte[] said = new byte[Math.min(QUOTED, in.position())];
        in.get(0, said);
        StringBuilder quoted = new StringBuilder();
        for (byte each : said) {
            if (each == '\r' || each == '\n') {
                break;
            }
            quoted.append(each >= ' ' && each < 0x7f ? (char) each : '.');
        }
        return "not a Heddle server: it says \"" + quoted + "\"";
    }

    /** A text of a frame. */
    static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
