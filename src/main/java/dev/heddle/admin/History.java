package dev.heddle.admin;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The samples of the last hour; any thread, under a lock. Bounded by their number. */
final class History {
    /** How far apart samples are taken. */
    static final int PERIOD_SECONDS = 5;

    private static final int MOST = 3600 / PERIOD_SECONDS;

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Sample> samples = new ArrayDeque<>();

    void add(Sample sample) {
        lock.lock();
        try {
            if (samples.size() == MOST) {
                samples.removeFirst();
            }
            samples.addLast(sample);
        } finally {
            lock.unlock();
        }
    }

    /** The oldest one that is no older than this before {@code nanos}, but older than half a period; null if there is none. */
    @Nullable
    Sample since(long nanos, long seconds) {
        long least = TimeUnit.SECONDS.toNanos(PERIOD_SECONDS) / 2;
        return all().stream()
                .filter(sample ->
                        nanos - sample.nanos() <= TimeUnit.SECONDS.toNanos(seconds) && nanos - sample.nanos() >= least)
                .findFirst()
                .orElse(null);
    }

    /** The one with the fewest connections whose heap is known; null if there is none. */
    @Nullable
    Sample quietest() {
        return all().stream()
                .filter(sample -> sample.heapLiveBytes() >= 0)
                .min(Comparator.comparingInt(Sample::connections))
                .orElse(null);
    }

    private List<Sample> all() {
        lock.lock();
        try {
            return new ArrayList<>(samples);
        } finally {
            lock.unlock();
        }
    }
}
