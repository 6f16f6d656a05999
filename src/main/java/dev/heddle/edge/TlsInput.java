package dev.heddle.edge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * What a TLS connection has received and its reader has not taken yet; the reader's only. Bounded by a buffer of records as they
 * came and one with the text of a record that found no room: small ones for small records, shared memory for larger ones
 * ({@link Assembly}). Holds nothing while it is empty.
 *
 * <p>TLS decrypts whole records, of up to 16 KiB, and into a buffer that takes all of one.
 */
final class TlsInput {
    private static final int HEADER = 5;

    /** Of TLS 1.3, and of 1.2 with the ciphers that are left of it. */
    private static final int LARGEST_RECORD = HEADER + 16 * 1024 + 256;

    private final SocketChannel socket;
    private final Edge edge;
    private final Assembly.Client client;

    /** From its position on; records, the last of them perhaps not whole. */
    private @Nullable ByteBuffer received;
    /** From its position on. */
    private @Nullable ByteBuffer text;

    private boolean wantsLarge;
    private boolean moved;
    /** Null while nothing is kept in memory that others may wait for. */
    private @Nullable Hold hold;

    /** @param client is told, by any thread, when others wait for the memory that an unfinished record takes up */
    TlsInput(SocketChannel socket, Edge edge, Assembly.Client client) {
        this.socket = socket;
        this.edge = edge;
        this.client = client;
    }

    /** Reads once from the socket; returns as its read does. */
    int fill() throws IOException {
        ByteBuffer in = received == null ? acquire() : received;
        received = in;
        int needed = recordBytes(in);
        if (needed > LARGEST_RECORD) {
            throw new SSLException("a record of " + needed + " bytes");
        }
        if (needed > in.capacity()) {
            ByteBuffer larger = large();
            larger.put(in).flip();
            edge.assembly().release(in);
            received = larger;
            in = larger;
        }
        // The JDK copies what goes into a buffer on the heap through one of its own, as large as the room there is.
        in.compact().limit(Math.min(in.capacity(), BufferPool.LARGE));
        int room = in.remaining();
        int count = socket.read(in);
        in.flip();
        wantsLarge = count == room;
        if (hold != null && count > 0) {
            hold.comes(count, edge.nanos());
        }
        return count;
    }

    private ByteBuffer acquire() {
        ByteBuffer acquired = wantsLarge && edge.pool().isRoomy() ? edge.pool().large() : null;
        return (acquired == null ? small() : acquired).limit(0);
    }

    private ByteBuffer small() {
        ByteBuffer small = edge.pool().small();
        return small == null ? ByteBuffer.allocate(BufferPool.SMALL + 1) : small;
    }

    /** Memory for the largest record, when there is some. */
    private ByteBuffer large() throws IOException {
        ByteBuffer large = edge.assembly().take(BufferPool.LARGE);
        if (large == null) {
            long until = edge.nanos() + 2 * edge.patienceNanos();
            large = edge.assembly().await(client, BufferPool.LARGE, until, () -> socket.isOpen() && !client.isEnding());
        }
        if (large == null) {
            throw new IOException("no memory for a record");
        }
        return large;
    }

    /** What the record at the front takes, as far as that is known. */
    private static int recordBytes(ByteBuffer in) {
        return in.remaining() < HEADER ? HEADER : HEADER + (in.getShort(in.position() + HEADER - 2) & 0xffff);
    }

    /** Whether enough is there to say what kind of record it is. */
    boolean hasHeader() {
        return received != null && received.remaining() >= HEADER;
    }

    boolean hasRecord() {
        return received != null && received.remaining() >= recordBytes(received);
    }

    /** Whether that is one of the handshake in plain text, or, in TLS 1.2, perhaps an encrypted one. */
    boolean isPlainHandshake() {
        ByteBuffer in = received;
        return in != null && in.get(in.position()) == ClientHello.RECORD_TYPE;
    }

    /** As {@link #hasRecord()}, of so many bytes at most. */
    boolean hasRecord(int mostBytes) throws SSLException {
        int bytes = received == null ? 0 : recordBytes(received);
        if (bytes > mostBytes) {
            throw new SSLException("a ClientHello of " + bytes + " bytes");
        }
        return hasRecord();
    }

    /** The record at the front, which is there. */
    ByteBuffer record() {
        ByteBuffer in = received;
        if (in == null) {
            throw new IllegalStateException("nothing was received");
        }
        return in.slice(in.position(), recordBytes(in));
    }

    /** Whether {@link #fill} would read, and not only wait for room. */
    boolean hasRoom() {
        ByteBuffer in = received;
        return in == null || (in.remaining() < in.capacity() && recordBytes(in) <= in.capacity());
    }

    boolean hasText() {
        return text != null && text.hasRemaining();
    }

    /** Decrypts a record into the target, or, where that has no room for it, so that there is text. */
    SSLEngineResult decrypt(SSLEngine engine, ByteBuffer target) throws IOException {
        ByteBuffer in = received;
        if (in == null) {
            throw new IllegalStateException("nothing was received");
        }
        SSLEngineResult result = engine.unwrap(in, target);
        if (result.getStatus() == Status.BUFFER_OVERFLOW) {
            ByteBuffer room = recordBytes(in) <= BufferPool.SMALL ? small() : large();
            text = room;
            result = engine.unwrap(in, room);
            room.flip();
            pour(target);
        }
        moved |= result.bytesConsumed() > 0;
        return result;
    }

    /** Moves text into the target, as much as there is and fits. */
    void pour(ByteBuffer target) {
        ByteBuffer from = text;
        if (from == null) {
            return;
        }
        int part = Math.min(from.remaining(), target.remaining());
        target.put(target.position(), from, from.position(), part);
        target.position(target.position() + part);
        from.position(from.position() + part);
        if (!from.hasRemaining()) {
            text = null;
            edge.assembly().release(from);
        }
    }

    /** After each read: what is empty is given back, and who keeps memory that others may wait for is known. */
    void settle() {
        ByteBuffer in = received;
        if (in != null && !in.hasRemaining()) {
            received = null;
            edge.assembly().release(in);
        }
        ByteBuffer kept = isLarge(received) ? received : isLarge(text) ? text : null;
        if (kept == null) {
            if (hold != null) {
                edge.assembly().holdsNot(hold);
                hold = null;
            }
        } else if (hold == null) {
            hold = edge.assembly().holds(client, kept);
        } else if (moved) {
            hold.begins(edge.nanos());
        }
        moved = false;
    }

    /** As of {@link Layer#isHandled}. */
    void isHandled() {
        if (hold != null) {
            hold.excuse();
        }
    }

    void isNotHandled() {
        if (hold != null) {
            hold.resume(edge.nanos());
        }
    }

    private static boolean isLarge(@Nullable ByteBuffer buffer) {
        return buffer != null && buffer.capacity() > BufferPool.SMALL + 1;
    }

    /** The reader's last act. */
    void release() {
        if (text != null) {
            edge.assembly().release(text);
            text = null;
        }
        if (received != null) {
            received.position(received.limit());
        }
        settle();
    }
}
