package dev.heddle.edge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * What a TLS connection says; any thread, one at a time under its lock: the writer of the client's queue, the reader where TLS
 * itself has something to say, and the poller for its last word. Nobody waits for the socket under the lock. Bounded by what is
 * encrypted and not yet taken by the socket: a small buffer, or a large one while there are plenty.
 *
 * <p>What is encrypted cannot be taken back. So text counts as written only when the socket has all of its records, and until
 * then the same text has to be offered again.
 */
final class TlsOutput {
    /** Of text, where memory is short: as much as gives one record that fits a small buffer. */
    private static final int SHORT = BufferPool.SMALL - 256;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SocketChannel socket;
    private final BufferPool pool;
    private final Scratch scratch;
    private final ReentrantLock lock = new ReentrantLock();

    /** Encrypted, and not taken by the socket, from its position on. */
    private @Nullable ByteBuffer left;
    /** Bytes of text that are encrypted with it, and have not been counted as written. */
    private int promised;

    private boolean closed;

    TlsOutput(SocketChannel socket, BufferPool pool, Scratch scratch) {
        this.socket = socket;
        this.pool = pool;
        this.scratch = scratch;
    }

    /** The queue's writer; returns how much of the text, which moves by that, is on its way for good. */
    int write(SSLEngine engine, ByteBuffer source) throws IOException {
        lock.lock();
        try {
            if (closed) {
                throw new ClosedChannelException();
            }
            int before = source.position();
            boolean flows = flush();
            if (flows) {
                source.position(before + promised);
                promised = 0;
            }
            while (flows && source.hasRemaining()) {
                int start = source.position();
                flows = send(engine, source);
                if (!flows) {
                    promised = source.position() - start;
                    source.position(start);
                }
            }
            return source.position() - before;
        } finally {
            lock.unlock();
        }
    }

    /** What the engine has to say by itself; false if the socket did not take all of it, or of what was said before. */
    boolean say(SSLEngine engine) throws IOException {
        lock.lock();
        try {
            return !closed && flush() && send(engine, NOTHING);
        } finally {
            lock.unlock();
        }
    }

    /** The last word, if there is room for it; nothing is said after it. */
    void end(SSLEngine engine) throws IOException {
        lock.lock();
        try {
            engine.closeOutbound();
            if (!closed && flush()) {
                send(engine, NOTHING);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is said any more, and nothing kept. */
    void close() {
        lock.lock();
        try {
            closed = true;
            if (left != null) {
                pool.release(left);
                left = null;
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean flush() throws IOException {
        ByteBuffer rest = left;
        if (rest == null) {
            return true;
        }
        socket.write(rest);
        if (rest.hasRemaining()) {
            return false;
        }
        left = null;
        pool.release(rest);
        return true;
    }

    /** Encrypts a part of the text, or what the engine has to say, and writes it; false if the socket did not take all. */
    private boolean send(SSLEngine engine, ByteBuffer source) throws IOException {
        ByteBuffer large = source.remaining() > SHORT && pool.isRoomy() ? pool.large() : null;
        ByteBuffer out = large == null ? scratch.take() : large;
        try {
            int end = source.limit();
            if (large == null) {
                source.limit(Math.min(end, source.position() + SHORT));
            }
            encrypt(engine, source, out);
            source.limit(end);
            socket.write(out.flip());
            if (out.hasRemaining()) {
                left = large == null ? copy(out) : large;
            }
            return left == null;
        } finally {
            if (large == null) {
                scratch.giveBack(out);
            } else if (left == null) {
                pool.release(large);
            }
        }
    }

    private static void encrypt(SSLEngine engine, ByteBuffer source, ByteBuffer out) throws IOException {
        while (true) {
            SSLEngineResult result = engine.wrap(source, out);
            if (result.getStatus() == Status.BUFFER_OVERFLOW && out.position() > 0) {
                return;
            }
            boolean said = result.bytesConsumed() > 0 || result.bytesProduced() > 0;
            boolean more = said && result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
            if (source.hasRemaining()) {
                if (result.getStatus() != Status.OK
                        || (!said && result.getHandshakeStatus() != HandshakeStatus.FINISHED)) {
                    throw new SSLException("cannot be encrypted: " + result.getStatus());
                }
            } else if (!more) {
                return;
            }
        }
    }

    private ByteBuffer copy(ByteBuffer rest) {
        ByteBuffer small = rest.remaining() <= BufferPool.SMALL ? pool.small() : null;
        ByteBuffer copy = small == null ? ByteBuffer.allocate(rest.remaining()) : small;
        return copy.put(rest).flip();
    }
}
