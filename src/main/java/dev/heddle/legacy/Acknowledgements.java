package dev.heddle.legacy;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Turns ACKs of single messages, in any order, into Heddle's cumulative ones; who decodes and who encodes, one at a time under a
 * lock, but where it says otherwise. Bounded by {@link #MOST}: no more are delivered than may be unacknowledged, and so there
 * are no more gaps.
 */
final class Acknowledgements {
    /** Messages that a client may leave unacknowledged. */
    static final int MOST = 1000;

    /** Runs of messages that are acknowledged before they are delivered. */
    static final int EARLY = 64;

    private final ReentrantLock lock = new ReentrantLock();

    /** Delivered here and not acknowledged. */
    private final Runs open = new Runs(Runs.MOST);

    /** Acknowledged before it was delivered on this connection: to an earlier one it was. Null: nothing. */
    private @Nullable Runs early;

    private long latest;
    private volatile int ahead;

    /**
     * The server delivers a message; has to be called before the client can see it.
     *
     * @param again whether it was delivered before, to this or an earlier connection
     * @return whether it is to be passed on; if not, the client has acknowledged it already, and the server is to know
     */
    boolean delivered(long seq, boolean again) {
        lock.lock();
        try {
            long before = prefix();
            latest = seq;
            boolean known = early != null && early.contains(seq) && early.remove(seq);
            if (known && again) {
                acknowledgedFrom(before);
                return false;
            }
            if (!open.add(seq)) {
                throw new IllegalStateException("more is delivered than may be unacknowledged");
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The client acknowledges a message. What was acknowledged before, or is no seq of ours, changes nothing; nor does one that
     * is delivered later and for which there is no room here: it can be acknowledged then.
     */
    void acknowledged(long seq) {
        lock.lock();
        try {
            if (Long.compareUnsigned(seq, latest) > 0) {
                early = early == null ? new Runs(EARLY) : early;
                boolean _ = early.contains(seq) || early.add(seq);
            } else if (open.contains(seq)) {
                long before = prefix();
                if (!open.remove(seq)) {
                    throw new IllegalStateException("more gaps than messages");
                }
                acknowledgedFrom(before);
            }
        } finally {
            lock.unlock();
        }
    }

    /** One more is acknowledged. Where seqs jump too many are taken for told, which makes the window smaller for a while. */
    private void acknowledgedFrom(long before) {
        ahead = open.isEmpty() ? 0 : (int) Math.max(0, ahead + 1 - (prefix() - before));
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

    /** Any thread: messages behind {@link #prefix} that are acknowledged, or fewer. */
    int ahead() {
        return ahead;
    }
}
