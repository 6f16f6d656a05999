package dev.heddle.bench.load;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Many receivers, who may all stop reading and later read on. A thread of its own receives; any other may say whether it does,
 * and wait. Bounded by a small buffer a receiver.
 */
public final class Audience implements AutoCloseable {
    private static final int BUFFER_BYTES = 2 * 1024;
    private static final long NAP_MILLIS = 20;
    private static final long PATIENCE_NANOS = 30_000_000_000L;

    private final Receiving receiving = new Receiving();
    private final AtomicLong received = new AtomicLong();
    private final Thread thread =
            Thread.ofPlatform().daemon().name("bench-audience").unstarted(this::live);
    private volatile boolean reads = true;
    private volatile boolean over;
    private volatile String broken = "";

    /**
     * Logs all in, users {@code name-} with five digits.
     *
     * @param senders how many write to them
     * @param bytes of every message
     */
    public Audience(int port, String name, int count, int senders, int bytes) throws IOException {
        Names names = new Names(name + "-");
        try {
            for (int i = 0; i < count; i++) {
                receiving.add(new Receiver(
                        port,
                        names.name(i),
                        0,
                        receiving.selector(),
                        Sequence.withGaps(senders),
                        bytes,
                        BUFFER_BYTES + 2 * bytes));
            }
        } catch (IOException | RuntimeException failure) {
            receiving.close();
            throw failure;
        }
        thread.start();
    }

    private void live() {
        try {
            while (!over) {
                if (reads) {
                    received.addAndGet(receiving.receiveFor(NAP_MILLIS));
                } else {
                    LockSupport.parkNanos(NAP_MILLIS * 1_000_000);
                }
            }
        } catch (IOException | RuntimeException failure) {
            broken = failure.toString();
        }
    }

    /** From now on, all of them or none. */
    public void reads(boolean now) {
        reads = now;
    }

    /**
     * Waits until so many messages have been received since the beginning.
     *
     * @throws IOException if they do not come, or not as they were sent
     */
    public void await(long messages) throws IOException {
        long until = System.nanoTime() + PATIENCE_NANOS;
        while (received.get() < messages) {
            if (!broken.isEmpty()) {
                throw new IOException("receiving failed: " + broken);
            }
            if (System.nanoTime() - until > 0) {
                throw new IOException("lost " + (messages - received.get()) + " of " + messages);
            }
            LockSupport.parkNanos(NAP_MILLIS * 1_000_000);
        }
        receiving.faults().refuse();
    }

    @Override
    public void close() throws IOException {
        over = true;
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        receiving.close();
    }
}
