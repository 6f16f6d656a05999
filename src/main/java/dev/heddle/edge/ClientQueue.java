package dev.heddle.edge;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.wire.ServerFrames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.atomic.AtomicInteger;
import org.jctools.queues.unpadded.MpscUnpaddedArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * What one client is still to be sent: filled by the owners of the shards, emptied by one writer at a time. Bounded in chunks
 * by its capacity; in bytes by what outlets put in, which look at {@link #bytes} before.
 *
 * <p>ACCEPTED is cumulative, so it is no entry of the queue but a number: the writer sends the latest one behind whatever was
 * queued before it was set.
 *
 * <pre>
 *   state:  IDLE -- take --> WRITING -- all written --> IDLE
 *                              |  ^
 *              socket is full  v  | writable
 *                            BLOCKED        any -- die --> DEAD
 * </pre>
 */
final class ClientQueue {
    static final int CAPACITY = 16;

    private static final int IDLE = 0;
    private static final int WRITING = 1;
    private static final int BLOCKED = 2;
    private static final int DEAD = 3;

    /** How a pass of the writer ended. */
    enum Pass {
        /** All is written, or another thread writes. */
        DONE,
        /** The share of this thread is used up and there is more; the caller still is the writer. */
        MORE,
        /** The socket takes no more: whoever sees that it does again is to {@link #resume}. */
        BLOCKED
    }

    private final WritableByteChannel channel;
    private final BufferPool pool;
    private final MpscUnpaddedArrayQueue<Chunk> chunks = new MpscUnpaddedArrayQueue<>(CAPACITY);
    private final AtomicInteger bytes = new AtomicInteger();
    private final AtomicInteger state = new AtomicInteger(IDLE);
    private volatile long accepted;

    // The writer's.
    private @Nullable Chunk current;
    private long announced;
    private long due;
    private int behind;

    /** @param channel does not block; what it did not take it is offered again, unchanged */
    ClientQueue(WritableByteChannel channel, BufferPool pool) {
        this.channel = channel;
        this.pool = pool;
    }

    /** Takes filled chunks, ready to be read, whole frames; false if the queue is full, and the caller keeps them. */
    @CheckReturnValue
    boolean offer(Chunk chunk) {
        int size = chunk.remaining();
        bytes.addAndGet(size);
        if (!chunks.offer(chunk)) {
            bytes.addAndGet(-size);
            return false;
        }
        return true;
    }

    void accepted(long id) {
        accepted = id;
    }

    /** Bytes queued and not yet taken by the socket. */
    int bytes() {
        return bytes.get();
    }

    /** Whether a chunk waits that no writer has taken yet. */
    boolean hasChunks() {
        return !chunks.isEmpty();
    }

    boolean isIdle() {
        return state.get() == IDLE && isEmpty();
    }

    private boolean isEmpty() {
        return chunks.isEmpty() && accepted == announced;
    }

    /** Becomes the writer if there is none. */
    @CheckReturnValue
    boolean take() {
        return state.get() == IDLE && state.compareAndSet(IDLE, WRITING);
    }

    /** Becomes the writer again, after {@link Pass#BLOCKED}. */
    @CheckReturnValue
    boolean resume() {
        return state.compareAndSet(BLOCKED, WRITING);
    }

    /**
     * Writes, as the writer.
     *
     * @param share bytes after which to stop with {@link Pass#MORE}
     */
    Pass write(int share) throws IOException {
        int left = share;
        while (true) {
            Chunk chunk = current != null ? current : next();
            if (chunk == null) {
                state.set(IDLE);
                // Whoever queued something in between may have found a writer; so look again.
                if (isEmpty() || !take()) {
                    return Pass.DONE;
                }
                continue;
            }
            current = chunk;
            if (left <= 0) {
                return Pass.MORE;
            }
            int written = channel.write(chunk.bytes);
            bytes.addAndGet(-written);
            left -= written;
            if (chunk.bytes.hasRemaining()) {
                state.set(BLOCKED);
                return Pass.BLOCKED;
            }
            current = chunk.next;
            pool.release(chunk.bytes);
        }
    }

    private @Nullable Chunk next() {
        if (behind == 0 && accepted != announced) {
            // Everything queued before the number was set is in the queue by now, so it may go behind these.
            due = accepted;
            behind = Math.max(1, chunks.size());
        }
        Chunk chunk = chunks.relaxedPoll();
        if (chunk != null && chunk.goodbye && accepted != announced) {
            due = accepted;
            behind = 0;
            Chunk before = announcement();
            before.next = chunk;
            return before;
        }
        if (behind == 0 || --behind > 0) {
            return chunk;
        }
        return announce(chunk);
    }

    /** The chunk with ACCEPTED behind it, or, where it has no room for that, unchanged, and ACCEPTED goes behind the next. */
    private @Nullable Chunk announce(@Nullable Chunk polled) {
        if (polled == null) {
            return announcement();
        }
        ByteBuffer tail = polled.last().bytes;
        if (tail.capacity() - tail.limit() >= ServerFrames.ACCEPTED_BYTES) {
            announceIn(tail);
        }
        return polled;
    }

    private Chunk announcement() {
        ByteBuffer small = pool.small();
        Chunk chunk = new Chunk(small == null ? ByteBuffer.allocate(ServerFrames.ACCEPTED_BYTES) : small);
        announceIn(chunk.bytes.limit(0));
        return chunk;
    }

    private void announceIn(ByteBuffer tail) {
        int start = tail.position();
        tail.position(tail.limit()).limit(tail.capacity());
        ServerFrames.accepted(tail, due);
        tail.flip().position(start);
        bytes.addAndGet(ServerFrames.ACCEPTED_BYTES);
        announced = due;
    }

    /** As the writer: nothing can be written any more. */
    void fail() {
        discard();
        state.set(DEAD);
    }

    /** Nothing is written or offered any more, but by a writer that may still be at work, and ends by itself. */
    void die() {
        if (state.compareAndSet(IDLE, DEAD) || state.compareAndSet(BLOCKED, DEAD) || state.get() == DEAD) {
            discard();
        }
    }

    private void discard() {
        Chunk chunk = current;
        current = null;
        if (chunk != null) {
            chunk.release(pool);
        }
        for (chunk = chunks.poll(); chunk != null; chunk = chunks.poll()) {
            chunk.release(pool);
        }
        bytes.set(0);
    }
}
