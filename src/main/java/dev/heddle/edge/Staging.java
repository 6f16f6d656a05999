package dev.heddle.edge;

import com.google.errorprone.annotations.CheckReturnValue;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What a shard has said to one client and nobody has queued yet: frames, in pooled chunks. The shard's owner only. Bounded by
 * the allowance of its {@link Outlet}, which looks at {@link #bytes} before; holds no chunk when all of it is queued.
 */
final class Staging {
    private final BufferPool pool;

    /** What hangs together and ends with {@link #open}, the chunk that is being filled. */
    private @Nullable Chunk begun;

    private @Nullable Chunk open;
    private @Nullable ArrayDeque<Chunk> full;
    private int fullBytes;
    /** More was staged than a small chunk holds when it was last offered, so the next one is large. */
    private boolean generous;

    private boolean ended;

    Staging(BufferPool pool) {
        this.pool = pool;
    }

    /** Bytes said and not yet queued. */
    int bytes() {
        return open == null ? fullBytes : fullBytes + open.bytes.position();
    }

    /** What comes now is GOODBYE, in a chunk of its own, because ACCEPTED may have to go before it. */
    void end() {
        setAside();
        ended = true;
    }

    boolean hasEnded() {
        return ended;
    }

    /** A buffer that takes this many bytes in one piece, at most some hundred: there a frame begins. */
    ByteBuffer room(int size) {
        Chunk chunk = open;
        if (chunk == null || begun == null || chunk.bytes.remaining() < size) {
            setAside();
            chunk = next();
        }
        return chunk.bytes;
    }

    /** What was said up to here ends with a frame, and hangs together with nothing that comes. */
    private void setAside() {
        if (begun != null) {
            full = full == null ? new ArrayDeque<>() : full;
            full.add(begun);
            begun = null;
        }
    }

    /** Goes on with the frame, in as many chunks as it takes. */
    void put(ByteBuffer source, int start, int length) {
        int from = start;
        int left = length;
        Chunk chunk = open == null ? next() : open;
        while (left > 0) {
            if (!chunk.bytes.hasRemaining()) {
                chunk = next();
            }
            ByteBuffer bytes = chunk.bytes;
            int part = Math.min(left, bytes.remaining());
            bytes.put(bytes.position(), source, from, part);
            bytes.position(bytes.position() + part);
            from += part;
            left -= part;
        }
    }

    private Chunk next() {
        Chunk filled = open;
        if (filled != null) {
            fullBytes += filled.bytes.flip().remaining();
        }
        ByteBuffer bytes = (filled != null || generous) && !ended ? pool.large() : null;
        if (bytes == null) {
            bytes = pool.small();
        }
        if (bytes == null) {
            // Both used up in the moment since the outlet looked: what is under way is finished on the heap.
            bytes = ByteBuffer.allocate(BufferPool.SMALL + 1);
        }
        Chunk chunk = new Chunk(bytes, ended);
        if (begun == null) {
            begun = chunk;
        } else if (filled != null) {
            filled.next = chunk;
        }
        open = chunk;
        return chunk;
    }

    /** Queues the chunks that are full; false if the queue does not take them all. How much there is says how large the next are. */
    @CheckReturnValue
    boolean offerFull(ClientQueue queue) {
        generous = bytes() > BufferPool.SMALL;
        while (full != null && !full.isEmpty()) {
            int size = full.getFirst().remaining();
            if (!queue.offer(full.getFirst())) {
                return false;
            }
            full.removeFirst();
            fullBytes -= size;
        }
        full = null;
        return true;
    }

    /**
     * Queues the rest, behind {@link #offerFull}; false if it stays. A chunk that is not full waits here while another one waits
     * in the queue: so a client that does not read holds a few small chunks, however often something is said to it.
     */
    @CheckReturnValue
    boolean offerBegun(ClientQueue queue) {
        Chunk chunk = open;
        if (chunk == null || begun == null) {
            return true;
        }
        ByteBuffer bytes = chunk.bytes;
        if (!chunk.goodbye && chunk.equals(begun) && queue.hasChunks() && bytes.remaining() > bytes.capacity() / 4) {
            return false;
        }
        bytes.flip();
        if (!queue.offer(begun)) {
            bytes.position(bytes.limit()).limit(bytes.capacity());
            return false;
        }
        begun = null;
        open = null;
        fullBytes = 0;
        return true;
    }

    /** Gives all chunks back. */
    void discard() {
        if (full != null) {
            full.forEach(chunk -> chunk.release(pool));
            full = null;
        }
        if (begun != null) {
            begun.release(pool);
            begun = null;
        }
        open = null;
        fullBytes = 0;
    }
}
