package dev.heddle.edge;

import java.nio.ByteBuffer;
import org.jctools.queues.MpmcArrayQueue;

/**
 * Buffers on the heap that a thread needs for a moment in which it does not wait; any thread. As many are in use as threads
 * run, and as many are kept.
 */
final class Scratch {
    /** Three of the largest records, and what is left of a fourth. */
    static final int BYTES = 64 * 1024;

    private final MpmcArrayQueue<ByteBuffer> free =
            new MpmcArrayQueue<>(Math.max(2, 2 * Runtime.getRuntime().availableProcessors()));

    ByteBuffer take() {
        ByteBuffer buffer = free.poll();
        return buffer == null ? ByteBuffer.allocate(BYTES) : buffer;
    }

    void giveBack(ByteBuffer buffer) {
        free.offer(buffer.clear());
    }
}
