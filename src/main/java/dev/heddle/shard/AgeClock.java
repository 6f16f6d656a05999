package dev.heddle.shard;

/**
 * The clock that the ages of messages are judged by, in milliseconds since 1970; the shard's owner only.
 *
 * <p>It equals the wall clock as long as that is not set. It is never ahead of the wall clock, so a message is never older by it
 * than by the wall clock. It never jumps ahead: where it is behind, because the wall clock was set or no server ran, it catches
 * up at {@link #CATCH_UP} times the speed of the monotonic clock. So however the wall clock is set, a message waits for at least
 * half of its time to live with a running server before it expires.
 */
final class AgeClock {
    private static final int CATCH_UP = 2;

    private long now;

    AgeClock(long millis) {
        this.now = millis;
    }

    /** @param passedMillis since the last time, on the monotonic clock */
    void advance(long wallMillis, long passedMillis) {
        now = Math.min(wallMillis, now + CATCH_UP * passedMillis);
    }

    long now() {
        return now;
    }
}
