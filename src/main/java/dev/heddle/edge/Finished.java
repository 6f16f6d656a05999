package dev.heddle.edge;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;

/**
 * Up to which id everything that a connection sent is finished, where several shards work on it; any thread. Constant in size.
 *
 * <p>A shard that has answered all it was given holds nothing back; the others do, at the latest id that they stored.
 */
final class Finished {
    private final ReentrantLock lock = new ReentrantLock();
    private final LongConsumer announce;
    private final int[] open;
    private final long[] stored;
    private long announced;

    /** @param announce is told each new height, in order */
    Finished(int shards, LongConsumer announce) {
        this.announce = announce;
        open = new int[shards];
        stored = new long[shards];
    }

    /** By the reader: one SEND more, before the shard can see it. */
    void sent(int shard) {
        lock.lock();
        try {
            open[shard]++;
        } finally {
            lock.unlock();
        }
    }

    /**
     * By the shard, when what it rejected is on its way to the client.
     *
     * @param count how many more SENDs are stored for good, or rejected
     * @param id the latest one's that was stored; 0: none was
     */
    void answered(int shard, int count, long id) {
        lock.lock();
        try {
            open[shard] -= count;
            if (id != 0) {
                stored[shard] = id;
            }
            long height = height();
            if (Long.compareUnsigned(height, announced) > 0) {
                announced = height;
                announce.accept(height);
            }
        } finally {
            lock.unlock();
        }
    }

    private long height() {
        long highest = 0;
        long lowestOpen = -1;
        for (int i = 0; i < stored.length; i++) {
            if (Long.compareUnsigned(stored[i], highest) > 0) {
                highest = stored[i];
            }
            if (open[i] > 0 && Long.compareUnsigned(stored[i], lowestOpen) < 0) {
                lowestOpen = stored[i];
            }
        }
        return Long.compareUnsigned(highest, lowestOpen) < 0 ? highest : lowestOpen;
    }
}
