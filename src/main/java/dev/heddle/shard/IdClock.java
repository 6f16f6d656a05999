package dev.heddle.shard;

/**
 * The clock that message ids come from: milliseconds that start at the wall clock's time, never run backwards, and tick at every
 * login. It also holds the wall clock's time, which may be set either way. The shard's owner only.
 *
 * <p>A login's first id is {@code (now + 1) << 20} after a tick. A connection may use a million ids more with each millisecond
 * that {@link #slowest} counts, and the clock never goes slower than that: hence a first id is above every id that an earlier
 * connection can have used, however many it sent.
 *
 * <p>Time is reserved ahead in the log, so that a crash together with a clock set back changes nothing. While the server runs,
 * setting the wall clock does not move this one: only a start reads it. Where it is ahead of the wall clock, because of a crash, a
 * copy, many logins or a wrong wall clock at a start, it runs slower until the wall clock has caught up.
 */
final class IdClock {
    /** Ids a millisecond. */
    static final int ID_BITS = 20;

    /** Where the range of ids ends, in milliseconds since 1970: in the year 2527. */
    static final long END_MILLIS = 1L << (Long.SIZE - ID_BITS);

    /** How far ahead of itself the clock reserves, in milliseconds: so much a crash may put it forward. */
    static final long RESERVE_MILLIS = 3_600_000L;

    /** With a lead one millisecond in {@code 1 << SLOW_BITS} does not count. */
    private static final int SLOW_BITS = 3;

    private final AgeClock ages;
    private long now;
    private long wall;
    private long elapsed;
    private boolean running;
    private long reserved;
    /** Milliseconds passed with a lead, modulo 2^{@link #SLOW_BITS}: for each full cycle the clock is set back by one. */
    private long slow;

    /**
     * Starts at the wall's time, or after whatever an earlier run had reserved.
     *
     * @param agesMillis where the clock of ages stands
     */
    IdClock(long wallMillis, long reservedMillis, long agesMillis) {
        this.wall = wallMillis;
        this.now = Math.max(wallMillis, reservedMillis);
        this.reserved = reservedMillis;
        this.ages = new AgeClock(Math.min(wallMillis, agesMillis));
    }

    /**
     * Moves on.
     *
     * @param wallMillis since 1970; may be before the last
     * @param elapsedMillis of the monotonic clock, from any beginning
     */
    void advance(long wallMillis, long elapsedMillis) {
        long passed = running ? Math.max(0, elapsedMillis - elapsed) : 0;
        running = true;
        elapsed = elapsedMillis;
        wall = wallMillis;
        ages.advance(wallMillis, passed);
        now += passed;
        if (now > wallMillis) {
            slow += passed;
            now -= Math.min(slow >> SLOW_BITS, now - wallMillis);
            slow &= (1 << SLOW_BITS) - 1;
        }
    }

    /** How far the clock goes in so many milliseconds, at least. */
    static long slowest(long passedMillis) {
        return passedMillis - ((passedMillis + (1 << SLOW_BITS) - 1) >> SLOW_BITS);
    }

    /** For durations: milliseconds of the monotonic clock. */
    long elapsed() {
        return elapsed;
    }

    /** Ticks, and gives the first id of a new connection. */
    long firstId() {
        now++;
        return (now + 1) << ID_BITS;
    }

    /** The tick that a connection's first id came with. */
    static long number(long firstId) {
        return (firstId >>> ID_BITS) - 1;
    }

    /** Milliseconds since 1970 that never run backwards, ahead of the wall or behind it. */
    long now() {
        return now;
    }

    /** The wall's time, for what people read. */
    long wall() {
        return wall;
    }

    /** When somebody was last seen, as people are told: never in the future, though it was written down by a wall that was ahead. */
    long seen(long lastSeenMillis) {
        return Math.min(lastSeenMillis, wall);
    }

    /** The time that ages are judged by. */
    long ages() {
        return ages.now();
    }

    boolean needsReserve() {
        return reserved - now < RESERVE_MILLIS / 2;
    }

    long reserveTo() {
        return now + RESERVE_MILLIS;
    }

    /** Up to where time is reserved, milliseconds since 1970. */
    long reserved() {
        return reserved;
    }

    void reserved(long millis) {
        reserved = Math.max(reserved, millis);
    }

    /** A login may be given an id only inside what is reserved. */
    boolean canLogin() {
        return now + 2 < reserved;
    }
}
