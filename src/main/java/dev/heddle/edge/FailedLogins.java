package dev.heddle.edge;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How often logins from an address have failed of late, and how long the next one that fails waits for its answer; any thread.
 * Bounded by {@link #MOST_ADDRESSES}: beyond them, the one that failed longest ago is forgotten.
 *
 * <p>Each failure in a row doubles the wait; a minute without one ends the row. Logins that succeed never wait: of the many
 * who share an address those are slowed who fail.
 */
final class FailedLogins {
    static final int MOST_ADDRESSES = 8192;

    static final long FIRST_NANOS = 100_000_000L;
    static final long MOST_NANOS = 5_000_000_000L;
    static final long FORGIVEN_NANOS = 60_000_000_000L;

    /** No more are counted: by then the wait has reached its limit. */
    private static final int MOST_FAILURES = 16;

    private record Row(int failures, long lastNanos) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, Row> rows = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Row> eldest) {
            return size() > MOST_ADDRESSES;
        }
    };

    /** One more; returns for how many nanoseconds its answer is held back. */
    long failed(InetAddress address, long now) {
        long origin = Origins.key(address);
        lock.lock();
        try {
            Row before = rows.get(origin);
            int failures = before == null || now - before.lastNanos >= FORGIVEN_NANOS ? 0 : before.failures;
            Row row = new Row(Math.min(failures + 1, MOST_FAILURES), now);
            rows.put(origin, row);
            return Math.min(MOST_NANOS, FIRST_NANOS << (row.failures - 1));
        } finally {
            lock.unlock();
        }
    }

    int addresses() {
        lock.lock();
        try {
            return rows.size();
        } finally {
            lock.unlock();
        }
    }
}
