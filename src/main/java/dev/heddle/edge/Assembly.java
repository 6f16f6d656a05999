package dev.heddle.edge;

import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Memory for frames, and for records of TLS, that are larger than a small buffer, while they arrive; any thread. Bounded by half
 * of the pool's large buffers and a budget on the heap. When that is used up, those whose frame has been arriving for longer
 * than their patience lose their connection to those who wait (invariant 6).
 */
final class Assembly {
    /** Who has something unfinished in such memory; asked by any thread. */
    interface Holder {
        /** When what is arriving began. */
        long sinceNanos();

        /** Others wait, and it has taken too long. */
        void isTooSlow();
    }

    private final BufferPool pool;
    private final AtomicInteger left;
    private final int most;
    private final LongSupplier patienceNanos;
    private final LongSupplier nanos;
    private final Set<Holder> holders = ConcurrentHashMap.newKeySet();

    /** @param bytes the budget on the heap */
    Assembly(BufferPool pool, int bytes, LongSupplier patienceNanos, LongSupplier nanos) {
        this.pool = pool;
        this.left = new AtomicInteger(bytes);
        this.most = bytes;
        this.patienceNanos = patienceNanos;
        this.nanos = nanos;
    }

    /** A buffer that the whole frame fits, or null if there is none now: then those who take too long are sent away. */
    @Nullable
    ByteBuffer take(int frameBytes) {
        ByteBuffer buffer = frameBytes <= BufferPool.LARGE && pool.isRoomy() ? pool.large() : null;
        if (buffer == null) {
            buffer = onHeap(Math.max(frameBytes, BufferPool.LARGE + 1));
        }
        if (buffer == null) {
            sendAwayTheSlow();
        }
        return buffer;
    }

    private @Nullable ByteBuffer onHeap(int bytes) {
        int before = left.get();
        while (before >= bytes) {
            if (left.compareAndSet(before, before - bytes)) {
                return ByteBuffer.allocate(bytes);
            }
            before = left.get();
        }
        return null;
    }

    private void sendAwayTheSlow() {
        long now = nanos.getAsLong();
        holders.removeIf(holder -> {
            boolean slow = now - holder.sinceNanos() > patienceNanos.getAsLong();
            if (slow) {
                holder.isTooSlow();
            }
            return slow;
        });
    }

    /** Of the budget on the heap, in bytes. */
    long usedBytes() {
        return (long) most - left.get();
    }

    long mostBytes() {
        return most;
    }

    /** From now on this one has an unfinished frame in a buffer that others may wait for. */
    void holds(Holder who) {
        holders.add(who);
    }

    void holdsNot(Holder who) {
        holders.remove(who);
    }

    /** Gives a buffer back, one of these or one of the pool's. */
    void release(ByteBuffer buffer) {
        if (!buffer.isDirect() && buffer.capacity() > BufferPool.LARGE) {
            left.addAndGet(buffer.capacity());
        } else {
            pool.release(buffer);
        }
    }
}
