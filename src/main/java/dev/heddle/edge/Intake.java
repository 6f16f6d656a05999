package dev.heddle.edge;

import dev.heddle.wire.Protocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a connection has read and not handled yet; its reader only. Bounded by the frame limit: the beginning of a frame is kept
 * in a buffer that holds all of it. Holds no buffer while it is empty.
 */
final class Intake {
    private final Edge edge;
    private final Assembly.Client client;
    private @Nullable ByteBuffer buffer;
    private boolean wantsLarge;
    /** Null while there is no unfinished frame in memory that others may wait for. */
    private @Nullable Hold hold;

    /** @param client is told, by any thread, when others wait for the memory that an unfinished frame takes up */
    Intake(Edge edge, Assembly.Client client) {
        this.edge = edge;
        this.client = client;
    }

    /** Reads what there is; returns how many bytes, 0 if there are none now, -1 at the end of the stream. */
    int read(ReadableByteChannel channel) throws IOException {
        ByteBuffer in = buffer == null ? acquire() : buffer;
        buffer = in;
        // The JDK copies what goes into a buffer on the heap through one of its own, as large as the room there is.
        in.limit(Math.min(in.capacity(), in.position() + BufferPool.LARGE));
        int room = in.remaining();
        int count = channel.read(in);
        in.limit(in.capacity());
        if (count > 0) {
            // A large buffer that a client does not fill is right for it as long as a small one would not do.
            wantsLarge = count >= Math.min(room, BufferPool.SMALL);
            if (hold != null) {
                hold.comes(count, edge.nanos());
            }
        } else if (in.position() == 0) {
            release();
        }
        return count;
    }

    /** Reads and drops what there is; returns as {@link #read}. */
    int drop(ReadableByteChannel channel) throws IOException {
        ByteBuffer waste = buffer == null ? acquire() : buffer;
        buffer = waste;
        return channel.read(waste.clear().limit(Math.min(waste.capacity(), BufferPool.LARGE)));
    }

    private ByteBuffer acquire() {
        BufferPool pool = edge.pool();
        ByteBuffer acquired = wantsLarge && pool.isRoomy() ? pool.large() : null;
        if (acquired == null) {
            acquired = pool.small();
        }
        return acquired == null ? ByteBuffer.allocate(BufferPool.SMALL + 1) : acquired;
    }

    /** The next read is a small one, however much has come: it is to take no longer to pay for than need be. */
    void readLess() {
        wantsLarge = false;
    }

    /** What was read is being handled, and the client has no part in how long that takes. */
    void isHandled() {
        if (hold != null) {
            hold.excuse();
        }
    }

    /** That is over, or goes on when the client has read its answers. */
    void isNotHandled() {
        if (hold != null) {
            hold.resume(edge.nanos());
        }
    }

    /** Where it stands, from index 0 on. */
    ByteBuffer buffer() {
        ByteBuffer in = buffer;
        if (in == null) {
            throw new IllegalStateException("nothing was read");
        }
        return in;
    }

    /** How many bytes there are. */
    int length() {
        return buffer == null ? 0 : buffer.position();
    }

    /** True if there is a whole frame from this index on, or one that cannot be right. */
    boolean isWhole(int from) {
        int left = length() - from;
        if (left < Protocol.LENGTH_BYTES) {
            return false;
        }
        long frame = buffer().getInt(from) & 0xffffffffL;
        return frame == 0 || frame > edge.options().frameLimit() || left - Protocol.LENGTH_BYTES >= frame;
    }

    /**
     * Forgets what stands before this index, and makes room for the whole frame that begins there.
     *
     * @return false if there is no memory for it now
     */
    boolean keep(int from) {
        int left = length() - from;
        if (left == 0) {
            release();
            return true;
        }
        ByteBuffer in = buffer();
        int needed = needed(from);
        ByteBuffer next = needed <= in.capacity()
                ? fitting(in, Math.max(needed, left))
                : edge.assembly().take(needed);
        if (next == null) {
            return false;
        }
        keep(from, next);
        return true;
    }

    /**
     * As {@link #keep(int)} where that was false, once there is memory.
     *
     * @param until when to give up
     * @param goesOn asked whenever the reader is woken
     * @return false if it was in vain
     */
    boolean awaitMemory(int from, long until, BooleanSupplier goesOn) {
        ByteBuffer next = edge.assembly().await(client, needed(from), until, goesOn);
        if (next == null) {
            return false;
        }
        keep(from, next);
        return true;
    }

    /** Bytes of the frame that begins there, as far as that is known. */
    private int needed(int from) {
        return length() - from < Protocol.LENGTH_BYTES
                ? Protocol.LENGTH_BYTES
                : buffer().getInt(from) + Protocol.LENGTH_BYTES;
    }

    private void keep(int from, ByteBuffer next) {
        ByteBuffer in = buffer();
        boolean moves = next.capacity() != in.capacity();
        if (from > 0 || moves) {
            move(in, from, length() - from, next);
        }
        if (moves) {
            release();
            buffer = next;
        }
        if (hold == null && next.capacity() > BufferPool.SMALL + 1) {
            hold = edge.assembly().holds(client, next);
        } else if (hold != null && from > 0) {
            hold.begins(edge.nanos());
        }
    }

    /**
     * For what is left of a read and what comes: this buffer, or one that suits the pace of what comes better. A stream hardly
     * ever ends a read with the end of a frame, so this is where its buffer becomes a large one, and a small one again.
     */
    private ByteBuffer fitting(ByteBuffer in, int needed) {
        BufferPool pool = edge.pool();
        ByteBuffer better = null;
        if (wantsLarge && in.capacity() == BufferPool.SMALL && pool.isRoomy()) {
            better = pool.large();
        } else if (!wantsLarge && in.capacity() == BufferPool.LARGE && needed <= BufferPool.SMALL) {
            better = pool.small();
        }
        return better == null ? in : better;
    }

    private static void move(ByteBuffer source, int from, int length, ByteBuffer target) {
        target.position(0).limit(target.capacity());
        target.put(0, source, from, length);
        target.position(length);
    }

    /** Gives the buffer back. */
    void release() {
        ByteBuffer in = buffer;
        buffer = null;
        if (in != null) {
            if (hold != null) {
                edge.assembly().holdsNot(hold);
                hold = null;
            }
            edge.assembly().release(in);
        }
    }
}
