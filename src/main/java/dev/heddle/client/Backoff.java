package dev.heddle.client;

import java.util.random.RandomGenerator;

/**
 * How long a client waits before it connects again; its reader's. Each wait is up to twice as long as the one before. Only a
 * session that lasted longer than the longest wait starts anew: a server that lets clients in and hangs up is not to be asked
 * more often than one that lets nobody in. Bounded: two numbers.
 */
final class Backoff {
    private final long first;
    private final long most;
    private final RandomGenerator random;
    private long next;

    Backoff(ClientOptions.Retries retries, RandomGenerator random) {
        this.first = retries.firstBackoff().toMillis();
        this.most = retries.mostBackoff().toMillis();
        this.random = random;
        this.next = first;
    }

    /**
     * Milliseconds to wait: as long as the server advised, and then a part that differs for each client.
     *
     * @param lastedMillis of the session; negative if there was none
     */
    long millisAfter(long advisedMillis, long lastedMillis) {
        if (lastedMillis > most) {
            next = first;
        }
        long now = next;
        next = Math.min(2 * next, most);
        return advisedMillis + now / 2 + random.nextLong(now / 2 + 1);
    }
}
