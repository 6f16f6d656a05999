package dev.heddle.edge;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Memory for frames, and for records of TLS, that are larger than a small buffer, while they arrive; any thread. Bounded by half
 * of the pool's large buffers and a budget on the heap.
 *
 * <p>When that is used up, those who need some wait in a {@link FairLine} and are woken when something is given back. Only the
 * first in line looks whom to send away for it (invariant 6): of those whose frame comes more slowly than {@link Hold} asks for
 * the one that is late for longest, of the address that holds most.
 */
final class Assembly {
    /** How soon the first in line looks again, at the latest. */
    private static final long LOOK_NANOS = 100_000_000L;

    /** Whose frame it is. */
    interface Client {
        /** Others wait, and it has taken too long. */
        void isTooSlow();

        /** Whether it ends, and needs no more memory. */
        default boolean isEnding() {
            return false;
        }

        /** Where it comes from, as of {@link Origins#key}; 0: that is not known. */
        default long address() {
            return 0;
        }
    }

    /** Who waits for memory. */
    private static final class Waiter {
        private final Thread thread = Thread.currentThread();
        private final int bytes;
        private volatile @Nullable ByteBuffer buffer;

        Waiter(int bytes) {
            this.bytes = bytes;
        }

        boolean needsHeap() {
            return bytes > BufferPool.LARGE;
        }
    }

    private final BufferPool pool;
    private final AtomicInteger left;
    private final int most;
    private final LongSupplier nanos;
    private final Set<Hold> holds = ConcurrentHashMap.newKeySet();

    private final ReentrantLock lock = new ReentrantLock();
    /** Those who do with a large buffer of the pool, and the others; under the lock. */
    private final FairLine<Waiter> pooledLine = new FairLine<>();

    private final FairLine<Waiter> heapLine = new FairLine<>();
    /** In both lines; written under the lock. */
    private volatile int waiting;

    /** @param bytes the budget on the heap */
    Assembly(BufferPool pool, int bytes, LongSupplier nanos) {
        this.pool = pool;
        this.left = new AtomicInteger(bytes);
        this.most = bytes;
        this.nanos = nanos;
    }

    /** A buffer that the whole frame fits, or null if there is none now, or others wait for some. */
    @Nullable
    ByteBuffer take(int frameBytes) {
        ByteBuffer buffer = pooled(frameBytes);
        return buffer == null && waiting == 0 ? onHeap(frameBytes) : buffer;
    }

    private @Nullable ByteBuffer pooled(int frameBytes) {
        return frameBytes <= BufferPool.LARGE && pool.isRoomy() ? pool.large() : null;
    }

    private @Nullable ByteBuffer onHeap(int frameBytes) {
        int bytes = Math.max(frameBytes, BufferPool.LARGE + 1);
        int before = left.get();
        while (before >= bytes) {
            if (left.compareAndSet(before, before - bytes)) {
                return ByteBuffer.allocate(bytes);
            }
            before = left.get();
        }
        return null;
    }

    // ---- who waits ----

    /**
     * Waits for a buffer that the whole frame fits; the client's reader.
     *
     * @param until when it gives up
     * @param goesOn asked whenever it is woken
     * @return null if it was in vain
     */
    @Nullable
    ByteBuffer await(Client client, int frameBytes, long until, BooleanSupplier goesOn) {
        Waiter waiter = new Waiter(frameBytes);
        FairLine<Waiter> line = waiter.needsHeap() ? heapLine : pooledLine;
        long address = client.address();
        enter(line, address, waiter);
        try {
            while (waiter.buffer == null && goesOn.getAsBoolean() && until - nanos.getAsLong() > 0) {
                long pause = isFirst(line, waiter) ? makeRoom(waiter) : until - nanos.getAsLong();
                if (pause > 0) {
                    LockSupport.parkNanos(this, Math.min(pause, until - nanos.getAsLong()));
                }
            }
        } finally {
            leave(line, address, waiter);
        }
        return waiter.buffer;
    }

    private void enter(FairLine<Waiter> line, long address, Waiter waiter) {
        lock.lock();
        try {
            line.add(address, waiter);
            waiting = heapLine.size() + pooledLine.size();
            serve();
        } finally {
            lock.unlock();
        }
    }

    private void leave(FairLine<Waiter> line, long address, Waiter waiter) {
        lock.lock();
        try {
            if (line.remove(address, waiter)) {
                waiting = heapLine.size() + pooledLine.size();
                serve();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether it still is once what there is was given out: the pool's other users give their buffers back to the pool itself. */
    private boolean isFirst(FairLine<Waiter> line, Waiter waiter) {
        lock.lock();
        try {
            if (give()) {
                wakeFirst();
            }
            return line.peek() == waiter;
        } finally {
            lock.unlock();
        }
    }

    /** Serves the waiters at the front from the free memory, then wakes the first that is left; under the lock. */
    private void serve() {
        boolean _ = give();
        wakeFirst();
    }

    private void wakeFirst() {
        wake(heapLine.peek());
        wake(pooledLine.peek());
    }

    private static void wake(@Nullable Waiter waiter) {
        if (waiter != null) {
            LockSupport.unpark(waiter.thread);
        }
    }

    /** Gives those at the front what there is; false if there is nothing; under the lock. What is long comes first on the heap. */
    private boolean give() {
        boolean given = give(heapLine, true);
        return give(pooledLine, heapLine.size() == 0) || given;
    }

    private boolean give(FairLine<Waiter> line, boolean fromHeap) {
        boolean given = false;
        for (Waiter first = line.peek(); first != null; first = line.peek()) {
            ByteBuffer buffer = pooled(first.bytes);
            if (buffer == null && fromHeap) {
                buffer = onHeap(first.bytes);
            }
            if (buffer == null) {
                return given;
            }
            line.poll();
            waiting = heapLine.size() + pooledLine.size();
            first.buffer = buffer;
            wake(first);
            given = true;
        }
        return given;
    }

    // ---- the first in line ----

    /** Ends connections that are too slow, if the memory being returned is not enough; returns nanoseconds to wait, 0: look again. */
    private long makeRoom(Waiter first) {
        long now = nanos.getAsLong();
        long room = first.needsHeap() ? left.get() : 0;
        long pause = LOOK_NANOS;
        boolean anyLate = false;
        for (Hold each : holds) {
            if (each.isOfUse(first.needsHeap())) {
                room += each.isSentAway() ? each.bytes() : 0;
                anyLate |= each.isLate(now);
                pause = Math.min(pause, each.lateIn(now));
            }
        }
        if (room >= first.bytes) {
            return LOOK_NANOS;
        }
        Hold latest = anyLate ? latest(first, now) : null;
        if (latest == null) {
            return Math.max(1_000_000L, pause);
        }
        latest.sendAway();
        return 0;
    }

    /** Of the address that holds most, among those where somebody is late; null: nobody is. */
    private @Nullable Hold latest(Waiter first, long now) {
        Map<Long, Long> held = new HashMap<>();
        for (Hold each : holds) {
            held.merge(each.address(), (long) each.bytes(), Long::sum);
        }
        Hold latest = null;
        long most = 0;
        for (Hold each : holds) {
            if (each.isOfUse(first.needsHeap()) && each.isLate(now)) {
                long bytes = held.getOrDefault(each.address(), 0L);
                if (latest == null || bytes > most || (bytes == most && each.isLaterThan(latest))) {
                    latest = each;
                    most = bytes;
                }
            }
        }
        return latest;
    }

    // ---- who holds something ----

    /** From now on this client has an unfinished frame in a buffer that others may wait for. */
    Hold holds(Client client, ByteBuffer buffer) {
        Hold hold = new Hold(client, buffer, nanos.getAsLong());
        holds.add(hold);
        return hold;
    }

    void holdsNot(Hold hold) {
        holds.remove(hold);
    }

    /** Gives a buffer back, one of these or one of the pool's. */
    void release(ByteBuffer buffer) {
        if (!buffer.isDirect() && buffer.capacity() > BufferPool.LARGE) {
            left.addAndGet(buffer.capacity());
        } else {
            pool.release(buffer);
        }
        if (waiting > 0) {
            lock.lock();
            try {
                serve();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Of the budget on the heap, in bytes. */
    long usedBytes() {
        return (long) most - left.get();
    }

    long mostBytes() {
        return most;
    }

    /** How many wait. */
    int waiting() {
        return waiting;
    }
}
