package dev.heddle.bench.load;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Messages on a timetable, each to another recipient, on a thread of its own; any other may change the rate. Bounded by its
 * connections and their windows: what does not fit is sent later.
 */
public final class Drip implements AutoCloseable {
    private static final long TICK_MILLIS = 1;

    private final Sending sending = new Sending();
    private final Thread thread =
            Thread.ofPlatform().daemon().name("bench-drip").unstarted(this::live);
    private volatile int perSecond;
    private final AtomicLong sent = new AtomicLong();
    private volatile boolean over;
    private volatile String broken = "";

    /**
     * Logs the senders in, who send nothing yet.
     *
     * @param from users {@code from-} with five digits
     * @param first number of the first of them
     * @param to users {@code to-} with five digits
     */
    public Drip(int port, String from, int first, int senders, String to, int recipients, int bytes)
            throws IOException {
        Names users = new Names(from + "-");
        try {
            for (int i = 0; i < senders; i++) {
                long turn = (long) recipients / senders * i;
                sending.add(new Sender(
                        port, users.name(first + i), sending.selector(), new Names(to + "-"), recipients, turn, bytes));
            }
        } catch (IOException | RuntimeException failure) {
            sending.close();
            throw failure;
        }
        thread.start();
    }

    private void live() {
        double due = 0;
        long before = System.nanoTime();
        try {
            while (!over) {
                long now = System.nanoTime();
                due += perSecond * ((now - before) / 1e9) / sending.count();
                before = now;
                long each = (long) due;
                due -= each;
                sending.more(each);
                sent.addAndGet(each * sending.count());
                sending.goOnFor(TICK_MILLIS);
            }
        } catch (IOException | RuntimeException failure) {
            broken = failure.toString();
        }
    }

    /** From now on; 0: none. */
    public void rate(int messagesPerSecond) {
        perSecond = messagesPerSecond;
    }

    /**
     * Stops, and returns how many messages have been handed over since the beginning.
     *
     * @throws IOException if it had stopped before
     */
    public long stop() throws IOException {
        perSecond = 0;
        // Until it has seen that.
        LockSupport.parkNanos(20 * TICK_MILLIS * 1_000_000);
        if (!broken.isEmpty()) {
            throw new IOException("sending failed: " + broken);
        }
        return sent.get();
    }

    @Override
    public void close() throws IOException {
        over = true;
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        sending.close();
    }
}
