package dev.heddle.edge;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.jctools.queues.MpmcArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Buffers for what is read and what is to be written; any thread. Bounded: small ones are as many as connections need to get
 * along, large ones are what the connections share to go fast.
 *
 * <p>Buffers are direct and big-endian, cut from slabs that are allocated when they are first needed and never given back.
 */
final class BufferPool {
    static final int SMALL = 4 * 1024;
    static final int LARGE = 64 * 1024;

    private static final int SLAB = 1024 * 1024;

    private final MpmcArrayQueue<ByteBuffer> small;
    private final MpmcArrayQueue<ByteBuffer> large;
    private final AtomicInteger smallLeft;
    private final AtomicInteger largeLeft;
    private final AtomicInteger largeOut = new AtomicInteger();
    private final int largeMost;
    private final int smallMost;

    BufferPool(int smallBuffers, int largeBuffers) {
        this.smallMost = (smallBuffers / (SLAB / SMALL) + 1) * (SLAB / SMALL);
        this.largeMost = (largeBuffers / (SLAB / LARGE) + 1) * (SLAB / LARGE);
        this.small = new MpmcArrayQueue<>(smallMost);
        this.large = new MpmcArrayQueue<>(largeMost);
        this.smallLeft = new AtomicInteger(smallMost / (SLAB / SMALL));
        this.largeLeft = new AtomicInteger(largeMost / (SLAB / LARGE));
    }

    /** An empty buffer of {@link #SMALL} bytes, or null if all are out. */
    @Nullable
    ByteBuffer small() {
        return take(small, smallLeft, SMALL);
    }

    /** An empty buffer of {@link #LARGE} bytes, or null if all are out. */
    @Nullable
    ByteBuffer large() {
        ByteBuffer buffer = take(large, largeLeft, LARGE);
        if (buffer != null) {
            largeOut.incrementAndGet();
        }
        return buffer;
    }

    /** True while more than half of the large buffers are there to be had. */
    boolean isRoomy() {
        return largeOut.get() < largeMost / 2;
    }

    /** Large buffers that can be had, about. */
    int largeAvailable() {
        return largeMost - largeOut.get();
    }

    /** Bytes of all buffers that are out, about. */
    long usedBytes() {
        int begun = smallMost - smallLeft.get() * (SLAB / SMALL);
        long smallOut = Math.max(0, begun - small.size());
        return smallOut * SMALL + (long) largeOut.get() * LARGE;
    }

    /** Bytes of all buffers that there can be. */
    long mostBytes() {
        return (long) smallMost * SMALL + (long) largeMost * LARGE;
    }

    void release(ByteBuffer buffer) {
        buffer.clear();
        switch (buffer.capacity()) {
            case SMALL -> small.offer(buffer);
            case LARGE -> {
                large.offer(buffer);
                largeOut.decrementAndGet();
            }
            default -> {
                // Made for one frame: left to the collector.
            }
        }
    }

    private static @Nullable ByteBuffer take(MpmcArrayQueue<ByteBuffer> free, AtomicInteger slabsLeft, int size) {
        ByteBuffer buffer = free.poll();
        if (buffer != null) {
            return buffer;
        }
        int left = slabsLeft.get();
        while (left > 0) {
            if (slabsLeft.compareAndSet(left, left - 1)) {
                return cut(free, size);
            }
            left = slabsLeft.get();
        }
        return free.poll();
    }

    private static ByteBuffer cut(MpmcArrayQueue<ByteBuffer> free, int size) {
        ByteBuffer slab = ByteBuffer.allocateDirect(SLAB);
        for (int at = size; at < SLAB; at += size) {
            free.offer(slab.slice(at, size));
        }
        return slab.slice(0, size);
    }
}
