package dev.heddle.edge;

import dev.heddle.shard.Allowance;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An address that connections come from, and what it has used of its limits; any thread. Constant in size.
 *
 * <p>It is kept by {@link Origins}, which alone counts its connections.
 */
final class Origin {
    /** Of the loopback, if that is free: nothing is counted here, nor against its users. */
    static final Origin FREE = new Origin(true);

    /** A client waits a little longer than this to be welcomed. */
    static final long MOST_WAIT_NANOS = 2_000_000_000L;

    static final long NOT_AT_ALL = -1;

    private final boolean free;

    /** Open now; under the lock of {@link Origins}. */
    int connections;

    private final AtomicLong arrivals = new AtomicLong(Allowance.UNUSED);
    private final AtomicLong logins = new AtomicLong(Allowance.UNUSED);
    private final AtomicLong traffic = new AtomicLong(Allowance.UNUSED);

    Origin() {
        this(false);
    }

    private Origin(boolean free) {
        this.free = free;
    }

    boolean isFree() {
        return free;
    }

    /** One more connection; false if they come too fast, and then it is not counted. */
    boolean arrives(Allowance allowance, long now) {
        return wait(arrivals, allowance, now, 0) >= 0;
    }

    /** One more login; returns in how many nanoseconds its turn comes, or {@link #NOT_AT_ALL}, and then it is not counted. */
    long logsIn(Allowance allowance, long now) {
        return wait(logins, allowance, now, MOST_WAIT_NANOS);
    }

    private long wait(AtomicLong account, Allowance allowance, long now, long mostNanos) {
        if (free || allowance.isUnlimited()) {
            return 0;
        }
        while (true) {
            long before = account.get();
            long wait = allowance.held(before, now);
            if (wait > mostNanos) {
                return NOT_AT_ALL;
            }
            if (account.compareAndSet(before, allowance.spend(before, now, 1, 0))) {
                return wait;
            }
        }
    }

    /** So much came in; returns for how many nanoseconds the connection that brought it is held back. */
    long charge(Allowance allowance, long now, int messages, int bytes) {
        if (free || allowance.isUnlimited()) {
            return 0;
        }
        while (true) {
            long before = traffic.get();
            long after = allowance.spend(before, now, messages, bytes);
            if (traffic.compareAndSet(before, after)) {
                return allowance.held(after, now);
            }
        }
    }

    /** Up to when it has used anything: who owes most is forgotten last. */
    long paidUntil() {
        return Math.max(Math.max(arrivals.get(), logins.get()), traffic.get());
    }
}
