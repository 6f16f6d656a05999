package dev.heddle.edge;

import java.util.concurrent.locks.ReentrantLock;

/**
 * Up to which id everything that a connection sent is finished, where several shards work on it; any thread. Constant in size.
 *
 * <p>A shard that has finished all it was given holds nothing back; the others do, at the latest id that they finished.
 */
final class Finished {
    private final ReentrantLock lock = new ReentrantLock();
    private final long[] sent;
    private final long[] done;
    private long highest;

    Finished(int shards) {
        sent = new long[shards];
        done = new long[shards];
    }

    /** By the reader, before the shard can see it. */
    void sent(int shard, long id) {
        lock.lock();
        try {
            if (Long.compareUnsigned(id, sent[shard]) > 0) {
                sent[shard] = id;
            }
        } finally {
            lock.unlock();
        }
    }

    /** By the shard: it has finished everything up to this id. Returns up to where all have. */
    long finished(int shard, long id) {
        lock.lock();
        try {
            if (Long.compareUnsigned(id, done[shard]) > 0) {
                done[shard] = id;
            }
            long behind = -1;
            long last = 0;
            for (int i = 0; i < sent.length; i++) {
                if (Long.compareUnsigned(sent[i], last) > 0) {
                    last = sent[i];
                }
                if (Long.compareUnsigned(done[i], sent[i]) < 0 && Long.compareUnsigned(done[i], behind) < 0) {
                    behind = done[i];
                }
            }
            long all = behind == -1 ? last : behind;
            if (Long.compareUnsigned(all, highest) > 0) {
                highest = all;
            }
            return highest;
        } finally {
            lock.unlock();
        }
    }
}
