package dev.heddle.legacy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;

/** What comes from one peer; the thread that reads it. Bounded by its buffer. */
final class Incoming {
    static final int BYTES = 8 * 1024;

    /** What is to be done around waiting. */
    interface Waiting {
        /** Waits for as long as the socket does. */
        Waiting IDLY = new Waiting() {};

        /** Nothing is left to be used, and the next read may take long. */
        default void before() throws IOException {}

        /**
         * Nothing came for as long as the socket was told to wait.
         *
         * @throws IOException to wait no longer
         */
        default void silent() throws IOException {
            throw new SocketTimeoutException("nothing came in time");
        }
    }

    private final InputStream in;
    private final Waiting waiting;
    private final ByteBuffer buffer;

    Incoming(InputStream in, Waiting waiting) {
        this.in = in;
        this.waiting = waiting;
        this.buffer = ByteBuffer.allocate(BYTES).limit(0);
    }

    /** Goes on where an earlier one, which is not used any more, has stopped. */
    Incoming(Incoming earlier, Waiting waiting) {
        this.in = earlier.in;
        this.waiting = waiting;
        this.buffer = earlier.buffer;
    }

    /** Waits until there is something or nothing more can come. */
    boolean isAtEnd() throws IOException {
        return !buffer.hasRemaining() && !fill();
    }

    /**
     * Waits until at least {@code count} bytes, up to {@link #BYTES}, are there.
     *
     * @return all that is there, from position to limit; what is used is taken by moving the position
     * @throws EOFException if they do not come any more
     */
    ByteBuffer need(int count) throws IOException {
        while (buffer.remaining() < count) {
            if (!fill()) {
                throw new EOFException("the stream ended within a command");
            }
        }
        return buffer;
    }

    /** Passes the next {@code count} bytes on as they come. */
    void copy(int count, Outgoing to) throws IOException {
        for (int left = count; left > 0; ) {
            int part = Math.min(left, need(1).remaining());
            to.write(buffer.array(), buffer.position(), part);
            buffer.position(buffer.position() + part);
            left -= part;
        }
    }

    void skip(int count) throws IOException {
        for (int left = count; left > 0; ) {
            int part = Math.min(left, need(1).remaining());
            buffer.position(buffer.position() + part);
            left -= part;
        }
    }

    private boolean fill() throws IOException {
        waiting.before();
        buffer.compact();
        try {
            while (true) {
                try {
                    int count = in.read(buffer.array(), buffer.position(), buffer.remaining());
                    buffer.position(buffer.position() + Math.max(0, count));
                    return count >= 0;
                } catch (SocketTimeoutException silence) {
                    waiting.silent();
                }
            }
        } finally {
            buffer.flip();
        }
    }
}
