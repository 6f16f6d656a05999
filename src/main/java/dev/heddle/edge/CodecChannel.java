package dev.heddle.edge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Codec} on a socket that does not block, in the place of that socket. Bounded by one small buffer, which holds the
 * beginning of a command that has not come as a whole, and is given back when there is none.
 *
 * <p>Whom it cannot write to any more it goes on reading from: what a client has sent before it hung up counts, and it is not
 * going to be told.
 */
final class CodecChannel implements Layer {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** What one read takes from the socket, about: much may be passed over. */
    private static final int MOST_BYTES = 64 * 1024;

    private final SocketChannel socket;
    private final Codec codec;
    private final Connection connection;
    private final BufferPool pool;

    /** The reader's: from index 0 to the position stands what was read and not decoded; null: nothing. */
    private @Nullable ByteBuffer raw;

    /** The latest read took all that there was room for. */
    private boolean filled;

    private int passedOver;

    // The writer's.
    /** What is offered was encoded before, and not all of it was taken. */
    private boolean encoded;

    private boolean gone;

    CodecChannel(SocketChannel socket, Codec codec, Connection connection, BufferPool pool) {
        this.socket = socket;
        this.codec = codec;
        this.connection = connection;
        this.pool = pool;
    }

    // ---- the reader ----

    /**
     * As the socket's: 0 means that the socket has to be waited for, or that there was nothing to understand in what came; -1 also
     * that nothing that comes is understood.
     */
    @Override
    public int read(ByteBuffer target) throws IOException {
        if (connection.isEnding()) {
            return socket.read(target);
        }
        int before = target.position();
        boolean ended = false;
        decode(target);
        boolean goesOn = true;
        int taken = 0;
        while (goesOn && !codec.hasEnded() && target.hasRemaining()) {
            int count = fill(target);
            ended = count < 0;
            goesOn = count > 0;
            if (goesOn) {
                taken += count;
                decode(target);
                goesOn = taken < MOST_BYTES && (filled || target.position() == before);
            }
        }
        int count = target.position() - before;
        passedOver = Math.max(0, taken - count);
        return count == 0 && (ended || codec.hasEnded()) ? -1 : count;
    }

    @Override
    public int takePassedOver() {
        int bytes = passedOver;
        passedOver = 0;
        return bytes;
    }

    private void decode(ByteBuffer target) {
        ByteBuffer in = raw;
        if (in == null) {
            codec.decode(NOTHING, target, false);
            return;
        }
        codec.decode(in.flip(), target, filled);
        in.compact();
        if (in.position() == 0) {
            release();
        }
    }

    /** Reads once; returns as the socket. The body of a message goes to where it belongs. */
    private int fill(ByteBuffer target) throws IOException {
        int body = codec.body();
        if (raw == null && body > 0) {
            int limit = target.limit();
            int room = Math.min(body, target.remaining());
            int count = socket.read(target.limit(target.position() + room));
            target.limit(limit);
            filled = count == room;
            codec.passed(Math.max(0, count));
            return count;
        }
        ByteBuffer in = raw == null ? acquire() : raw;
        raw = in;
        int room = in.remaining();
        int count = socket.read(in);
        filled = count == room;
        if (in.position() == 0) {
            release();
        }
        return count;
    }

    private ByteBuffer acquire() {
        ByteBuffer small = pool.small();
        return small == null ? ByteBuffer.allocate(BufferPool.SMALL + 1) : small;
    }

    private void release() {
        ByteBuffer in = raw;
        raw = null;
        if (in != null) {
            pool.release(in);
        }
    }

    @Override
    public void opened(long firstId) {
        codec.opened(firstId);
    }

    /** The reader's last act. The socket is the poller's to close. */
    @Override
    public void close() {
        release();
        codec.closed();
    }

    // ---- whoever writes ----

    /** As the socket's, but what was not taken has to be offered again unchanged. What it encodes to less counts as written. */
    @Override
    public int write(ByteBuffer source) {
        int before = source.remaining();
        if (!encoded) {
            codec.encode(source);
            if (codec.wantsIn()) {
                connection.wakeReader();
            }
        }
        try {
            if (source.hasRemaining() && !gone) {
                socket.write(source);
            }
        } catch (IOException hungUp) {
            gone = true;
        }
        if (gone) {
            source.position(source.limit());
        }
        encoded = source.hasRemaining();
        return before - source.remaining();
    }

    // ---- any thread ----

    @Override
    public boolean wantsIn() {
        return codec.wantsIn();
    }

    @Override
    public int unacknowledged() {
        return codec.unacknowledged();
    }

    @Override
    public int acknowledgedAhead() {
        return codec.acknowledgedAhead();
    }

    @Override
    public boolean isOpen() {
        return socket.isOpen();
    }
}
