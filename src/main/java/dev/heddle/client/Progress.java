package dev.heddle.client;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Up to which message a client has dealt with its inbox, across its connections; any thread, under one lock. It only ever
 * grows, whichever connection's messages are acknowledged last. Bounded: one number.
 */
final class Progress {
    private final ReentrantLock lock = new ReentrantLock();
    private final CursorStore store;
    private long reached;

    Progress(CursorStore store) {
        this.store = store;
    }

    /** The cursor for LOGIN. */
    long load() throws IOException {
        lock.lock();
        try {
            reached = later(reached, store.load());
            return reached;
        } finally {
            lock.unlock();
        }
    }

    /** Remembers a message and all before it; false if nothing is new about that. */
    boolean advance(long seq) throws IOException {
        lock.lock();
        try {
            if (Long.compareUnsigned(seq, reached) <= 0) {
                return false;
            }
            reached = seq;
            store.save(seq);
            return true;
        } finally {
            lock.unlock();
        }
    }

    long reached() {
        lock.lock();
        try {
            return reached;
        } finally {
            lock.unlock();
        }
    }

    /** The higher of two seqs or ids, which are unsigned. */
    static long later(long one, long other) {
        return Long.compareUnsigned(one, other) > 0 ? one : other;
    }
}
