package dev.heddle.verify.load;

import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.ServerFrame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.HdrHistogram.Histogram;

/** Who asks after users, and how the answers are judged; each connection's thread, counts under one lock. Constant in size. */
final class Asking {
    private static final int BATCH = 32;

    /** The two clocks, read once, one right after the other: so the wall's times can be put on the other one. */
    private final long wallMillis = System.currentTimeMillis();

    private final long wallNanos = System.nanoTime();

    private final ReentrantLock lock = new ReentrantLock();
    private final Histogram latency = new Histogram(TimeUnit.HOURS.toNanos(1), 3);
    private final PresenceRun.Order order;
    private final PresenceModel model;
    private long queries;
    private long wrong;
    private String example = "";

    Asking(PresenceRun.Order order, PresenceModel model) {
        this.order = order;
        this.model = model;
    }

    /** Batches of 32 questions, one after the other, until an instant of the monotonic clock. */
    void ask(int querier, long until) throws IOException {
        Random random = new Random(order.seed() * 17 + querier);
        int[] users = new int[BATCH];
        try (Wire wire = Wire.open(order.port(), "querier-" + querier, 0, Wire.LARGE)) {
            while (System.nanoTime() - until < 0) {
                for (int i = 0; i < BATCH; i++) {
                    boolean hot = random.nextInt(10) == 0;
                    users[i] = random.nextInt(hot ? order.hot() : order.population());
                    byte[] name = PresenceRun.name(users[i]).getBytes(StandardCharsets.UTF_8);
                    ClientFrames.query(wire.out(), i + 1, name);
                }
                long asked = System.nanoTime();
                wire.flush();
                for (int i = 0; i < BATCH; i++) {
                    ServerFrame frame = wire.next();
                    judge(frame, users, asked, System.nanoTime());
                }
            }
        }
    }

    private void judge(ServerFrame frame, int[] users, long asked, long answered) {
        int slot = frame.type() == Protocol.PRESENCE ? frame.tag() - 1 : -1;
        boolean ours = slot >= 0
                && slot < BATCH
                && PresenceRun.name(users[slot]).equals(new String(frame.name(), StandardCharsets.UTF_8));
        boolean right = ours && model.isPossible(users[slot], frame.state(), seen(frame.lastSeen()), asked, answered);
        lock.lock();
        try {
            queries++;
            latency.recordValue(answered - asked);
            if (!right) {
                wrong++;
                example = ours
                        ? PresenceRun.name(users[slot]) + " was called state " + frame.state() + ", last seen "
                                + (answered - seen(frame.lastSeen())) / 1_000_000 + " ms before"
                        : "an answer of type " + frame.type() + " that nobody asked for";
            }
        } finally {
            lock.unlock();
        }
    }

    /** A last seen time on the monotonic clock. */
    private long seen(long millis) {
        return millis == 0 ? PresenceModel.NEVER : wallNanos + (millis - wallMillis) * 1_000_000;
    }

    // ---- once everybody has asked ----

    long queries() {
        return queries;
    }

    long wrong() {
        return wrong;
    }

    /** The latest wrong answer; empty if there was none. */
    String example() {
        return example;
    }

    Histogram latency() {
        return latency;
    }
}
