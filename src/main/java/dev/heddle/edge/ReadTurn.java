package dev.heddle.edge;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The right to read a connection and to use what was read: its reader's, the poller's, or there to be taken; any thread, by
 * compare-and-set. Holds one reader at most, a virtual thread, and none for as long as there is nothing to read: most of what an
 * idle connection would cost is its thread.
 *
 * <pre>
 *   READER -- offer --> OFFERED    the reader waits for something to read
 *   READER -- free  --> FREE       the reader has ended, because there is nothing to read
 *
 *   OFFERED, FREE -- take --> POLLER -- pass --> READER, POLLER -- free --> FREE
 *   OFFERED -- retract --> READER, FREE -- resume --> READER         by the thread that offered or freed it
 *   FREE -- wake --> READER                                          a new one
 * </pre>
 *
 * What a reader does is run by one at a time, which has the turn.
 */
abstract class ReadTurn implements Runnable {
    private static final int READER = 0;
    private static final int OFFERED = 1;
    private static final int FREE = 2;
    private static final int POLLER = 3;

    private static final AtomicIntegerFieldUpdater<ReadTurn> STATE =
            AtomicIntegerFieldUpdater.newUpdater(ReadTurn.class, "state");

    private volatile int state = READER;

    /** Null while the turn is free, and at the beginning. */
    private volatile @Nullable Thread reader;

    // ---- whoever has it ----

    /** Starts a reader; by who has the turn in its name. */
    void start() {
        Thread thread = Thread.ofVirtual().inheritInheritableThreadLocals(false).unstarted(this);
        reader = thread;
        thread.start();
    }

    /** There is nothing to read and no reader, or none soon: from now on there may be another one. */
    void free() {
        reader = null;
        state = FREE;
    }

    // ---- the reader ----

    /** After {@link #free}: takes it back; false if somebody else has it, and then this reader ends. */
    boolean resume() {
        if (!STATE.compareAndSet(this, FREE, READER)) {
            return false;
        }
        reader = Thread.currentThread();
        return true;
    }

    /** Waits, from now on, for something to read: the poller may take the turn. */
    void offer() {
        state = OFFERED;
    }

    /** After {@link #offer}: takes it back; false if the poller has it, or had it and gave it back. */
    boolean retract() {
        return STATE.compareAndSet(this, OFFERED, READER);
    }

    boolean isReaders() {
        return state == READER;
    }

    // ---- the poller ----

    /** Takes it; false if the reader has it. */
    boolean take() {
        int before = state;
        return (before == OFFERED || before == FREE) && STATE.compareAndSet(this, before, POLLER);
    }

    /** Whether a reader waits to have it back. */
    boolean isWaitedFor() {
        return reader != null;
    }

    boolean isPollers() {
        return state == POLLER;
    }

    /** Gives it to the reader that waits for it, or to a new one. */
    void pass() {
        // Looked at before: whoever waits may have had its turn, and have ended, before the next line.
        Thread waiting = reader;
        state = READER;
        if (waiting == null) {
            start();
        } else {
            LockSupport.unpark(waiting);
        }
    }

    // ---- any thread ----

    /** There is something to do for the reader; if there is none, one is started, unless the poller has the turn. */
    void wake() {
        if (state == FREE && STATE.compareAndSet(this, FREE, READER)) {
            start();
            return;
        }
        Thread thread = reader;
        if (thread != null && thread != Thread.currentThread()) {
            LockSupport.unpark(thread);
        }
    }
}
