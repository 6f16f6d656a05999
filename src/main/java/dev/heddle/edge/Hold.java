package dev.heddle.edge;

import java.nio.ByteBuffer;

/**
 * An incomplete frame in a buffer that others may wait for. Owned by its reader; threads that wait for memory read it. It exists
 * until the frame is complete or the connection ends.
 *
 * <p>It is late once no byte has arrived for {@link #GRACE_NANOS}, or bytes have arrived more slowly than one in
 * {@link #NANOS_PER_BYTE} for that long; earlier, faster bytes do not count. A frame that is being handled is not late. One whose
 * connection waits for more memory, or is held back by a rate limit, can be late: otherwise holders could wait for each other.
 */
final class Hold {
    static final long GRACE_NANOS = 500_000_000L;

    /** 128 KiB a second. */
    static final long NANOS_PER_BYTE = 1_000_000_000L / (128 * 1024);

    private final Assembly.Client client;
    private final int bytes;
    private final boolean onHeap;

    private volatile long lateNanos;
    private volatile boolean excused;
    private volatile boolean sentAway;

    Hold(Assembly.Client client, ByteBuffer buffer, long now) {
        this.client = client;
        this.bytes = buffer.capacity();
        this.onHeap = bytes > BufferPool.LARGE;
        this.lateNanos = now + GRACE_NANOS;
    }

    // ---- its reader ----

    /** A frame begins. */
    void begins(long now) {
        lateNanos = now + GRACE_NANOS;
        excused = false;
    }

    /** So much of it has come. */
    void comes(int count, long now) {
        long later = lateNanos + count * NANOS_PER_BYTE;
        lateNanos = later - now > GRACE_NANOS ? now + GRACE_NANOS : later;
    }

    /** It is being handled, for which it has to wait for others. */
    void excuse() {
        excused = true;
    }

    /** That is over, or the client is to read its answers first. */
    void resume(long now) {
        if (excused) {
            begins(now);
        }
    }

    // ---- who waits ----

    int bytes() {
        return bytes;
    }

    long address() {
        return client.address();
    }

    /** Whether its memory is where it is needed: on the heap, or in the pool where a large buffer will do. */
    boolean isOfUse(boolean heap) {
        return !heap || onHeap;
    }

    boolean isSentAway() {
        return sentAway;
    }

    boolean isLate(long now) {
        return lateIn(now) <= 0;
    }

    /** In how many nanoseconds it will be, if nothing comes. */
    long lateIn(long now) {
        return excused || sentAway ? Long.MAX_VALUE : lateNanos - now;
    }

    boolean isLaterThan(Hold other) {
        return lateNanos - other.lateNanos < 0;
    }

    /** Ends its connection, which gives the memory back. */
    void sendAway() {
        sentAway = true;
        client.isTooSlow();
    }
}
