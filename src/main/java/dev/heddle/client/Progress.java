package dev.heddle.client;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Up to which message a client has dealt with its inbox, across its connections; any thread, under one lock, which is held
 * while the store is asked. Both numbers only ever grow, as unsigned ones, whichever connection's messages are dealt with last.
 * The server hears only of what the store has. Bounded: two numbers.
 */
final class Progress {
    private final ReentrantLock lock = new ReentrantLock();
    private final CursorStore store;
    private long dealtWith;
    private long saved;

    Progress(CursorStore store) {
        this.store = store;
    }

    /** The cursor for LOGIN. */
    long load() throws IOException {
        lock.lock();
        try {
            saved = later(saved, store.load());
            dealtWith = later(dealtWith, saved);
            return saved;
        } finally {
            lock.unlock();
        }
    }

    /** Whether this message is behind all that was dealt with. */
    boolean isNew(long seq) {
        lock.lock();
        try {
            return Long.compareUnsigned(seq, dealtWith) > 0;
        } finally {
            lock.unlock();
        }
    }

    /** A message and all before it are dealt with; {@link #save} is to follow. */
    void dealtWith(long seq) {
        lock.lock();
        try {
            dealtWith = later(dealtWith, seq);
        } finally {
            lock.unlock();
        }
    }

    /** Has the store remember what was dealt with. Returns up to where the store knows. */
    long save() throws IOException {
        lock.lock();
        try {
            return save(dealtWith);
        } finally {
            lock.unlock();
        }
    }

    /** A message and all before it are dealt with if the store remembers that; if it does not, nothing has changed. */
    long dealtWithAndSaved(long seq) throws IOException {
        lock.lock();
        try {
            long known = save(seq);
            dealtWith = later(dealtWith, known);
            return known;
        } finally {
            lock.unlock();
        }
    }

    private long save(long seq) throws IOException {
        if (Long.compareUnsigned(seq, saved) > 0) {
            store.save(seq);
            saved = seq;
        }
        return saved;
    }

    private static long later(long one, long other) {
        return Long.compareUnsigned(one, other) >= 0 ? one : other;
    }
}
