package dev.heddle.admin;

import dev.heddle.routing.LoopPicture;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.HdrHistogram.Histogram;

/**
 * How long forces took of late, of all shards: what has been counted since the start, less what had been a minute ago; any
 * thread, under a lock. Bounded by a histogram of some kilobytes for each sample of a minute.
 */
final class LatestForces {
    private static final int SECONDS = 60;
    private static final int MOST = SECONDS / History.PERIOD_SECONDS + 1;

    private record Sum(long nanos, Histogram forces) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Sum> sums = new ArrayDeque<>();

    /** A sample, one each {@link History#PERIOD_SECONDS}. */
    void add(Observation seen) {
        Histogram sum = sum(seen);
        lock.lock();
        try {
            if (sums.size() == MOST) {
                sums.removeFirst();
            }
            sums.addLast(new Sum(seen.nanos(), sum));
        } finally {
            lock.unlock();
        }
    }

    /** Those of the minute before this moment; before a minute is over, those since the start. */
    Histogram at(Observation seen) {
        Histogram latest = sum(seen);
        lock.lock();
        try {
            Sum before = null;
            for (Sum sum : sums) {
                if (seen.nanos() - sum.nanos >= TimeUnit.SECONDS.toNanos(SECONDS)) {
                    before = sum;
                }
            }
            if (before != null) {
                latest.subtract(before.forces);
            }
            return latest;
        } finally {
            lock.unlock();
        }
    }

    private static Histogram sum(Observation seen) {
        Histogram sum = seen.shards().getFirst().forceNanos().copy();
        for (LoopPicture shard : seen.shards().subList(1, seen.shards().size())) {
            sum.add(shard.forceNanos());
        }
        return sum;
    }
}
