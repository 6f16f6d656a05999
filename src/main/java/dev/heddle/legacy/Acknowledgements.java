package dev.heddle.legacy;

import java.util.concurrent.locks.ReentrantLock;

/**
 * Turns ACKs of single messages, in any order, into Heddle's cumulative ones; the two threads of a conversation, one at a time
 * under a lock. Bounded by two sets of {@link Runs}: the server delivers no more than a window of unacknowledged messages, and
 * a client that leaves more gaps in it than fit is not served.
 */
final class Acknowledgements {
    private final ReentrantLock lock = new ReentrantLock();

    /** Delivered here and not acknowledged. */
    private final Runs open = new Runs();

    /** Acknowledged before it was delivered on this connection: to an earlier one it was. */
    private final Runs early = new Runs();

    private long latest;

    /**
     * The server delivers a message; has to be called before the client can see it.
     *
     * @param again whether it was delivered before, to this or an earlier connection
     * @return whether it is to be passed on; if not, the client has acknowledged it already
     * @throws MalformedException if there are too many gaps
     */
    boolean delivered(long seq, boolean again) throws MalformedException {
        lock.lock();
        try {
            latest = seq;
            boolean known = early.contains(seq) && early.remove(seq);
            if (known && again) {
                return false;
            }
            if (!open.add(seq)) {
                throw new MalformedException("too many gaps in what is acknowledged");
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The client acknowledges a message. What was acknowledged before, or is no seq of ours, changes nothing; nor does one that
     * is delivered later and for which there is no room here: it can be acknowledged then.
     *
     * @throws MalformedException if there are too many gaps
     */
    void acknowledged(long seq) throws MalformedException {
        lock.lock();
        try {
            if (Long.compareUnsigned(seq, latest) > 0) {
                boolean _ = early.contains(seq) || early.add(seq);
            } else if (open.contains(seq) && !open.remove(seq)) {
                throw new MalformedException("too many gaps in what is acknowledged");
            }
        } finally {
            lock.unlock();
        }
    }

    /** All that was delivered up to this seq is acknowledged; 0: nothing. Never above what was delivered. */
    long prefix() {
        lock.lock();
        try {
            return open.isEmpty() ? latest : open.first() - 1;
        } finally {
            lock.unlock();
        }
    }
}
