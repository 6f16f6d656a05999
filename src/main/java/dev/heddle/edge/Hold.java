package dev.heddle.edge;

import java.nio.ByteBuffer;

/**
 * A frame that is not whole, in a buffer that others may wait for; its reader's, and looked at by who waits. Exists for no longer
 * than that.
 *
 * <p>It is late once nothing has come for {@link #GRACE_NANOS}, or what comes is slower than a byte in {@link #NANOS_PER_BYTE}
 * for so long: what came faster before does not help. What is being handled is not late. Who waits for more memory, or is not
 * read from because it was too fast, may be: otherwise those who hold memory could wait for each other, or hold it for nothing.
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
