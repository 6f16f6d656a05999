package dev.heddle.bench.load;

import java.io.IOException;

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
    private volatile boolean over;
    private volatile String broken = "";

    /**
     * Logs the senders in, who send nothing yet.
     *
     * @param from users {@code from-} with five digits
     * @param to users {@code to-} with five digits
     */
    public Drip(int port, String from, int senders, String to, int recipients, int bytes) throws IOException {
        Names users = new Names(from + "-");
        try {
            for (int i = 0; i < senders; i++) {
                long turn = (long) recipients / senders * i;
                sending.add(new Sender(
                        port, users.name(i), sending.selector(), new Names(to + "-"), recipients, turn, bytes));
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
                sending.goOnFor(TICK_MILLIS);
            }
        } catch (IOException | RuntimeException failure) {
            broken = failure.toString();
        }
    }

    /**
     * From now on; 0: none.
     *
     * @throws IOException if it has broken off
     */
    public void rate(int messagesPerSecond) throws IOException {
        if (!broken.isEmpty()) {
            throw new IOException("sending broke off: " + broken);
        }
        perSecond = messagesPerSecond;
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
