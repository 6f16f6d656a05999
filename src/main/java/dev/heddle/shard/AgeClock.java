package dev.heddle.shard;

/**
 * The clock that the ages of messages are judged by, in milliseconds since 1970; the shard's owner only.
 *
 * <p>It is the wall's clock as long as nobody sets that. It is never ahead of the wall, so a message is never older by it than by
 * the wall. And it never jumps ahead: where it is behind, because the wall was set or no server ran, it comes after the wall at
 * {@link #CATCH_UP} times the speed of the monotonic clock. So whatever becomes of the wall, a message waits for half of
 * its time with a running server before it expires, at least.
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
