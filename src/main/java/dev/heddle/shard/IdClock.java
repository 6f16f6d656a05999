package dev.heddle.shard;

/**
 * The clock that message ids come from: milliseconds that follow the wall but never run backwards, and that tick at every
 * login; the shard's owner only.
 *
 * <p>A login's first id is {@code (now + 1) << 20} after a tick, and a connection may use a million ids more with each
 * millisecond, so that it stays below {@code (now + 2) << 20}: hence a first id is above every id that an earlier connection can
 * have used, however many it sent (a million a millisecond). Time is reserved ahead in the log, so that a crash together with a
 * clock set back changes nothing; a lead over the wall, gathered by more than one login a millisecond, is kept.
 */
final class IdClock {
    /** Ids a millisecond. */
    static final int ID_BITS = 20;

    /** How far ahead of itself the clock reserves, in milliseconds. */
    static final long RESERVE_MILLIS = 24 * 3_600_000L;

    private long now;
    private long wall;
    private long elapsed;
    private boolean running;
    private long reserved;

    /** Starts at the wall's time, or after whatever an earlier run had reserved. */
    IdClock(long wallMillis, long reservedMillis) {
        this.wall = wallMillis;
        this.now = Math.max(wallMillis, reservedMillis);
        this.reserved = reservedMillis;
    }

    /**
     * Moves on.
     *
     * @param wallMillis since 1970; one before the last is ignored
     * @param elapsedMillis of a clock that nobody can set, from any beginning
     */
    void advance(long wallMillis, long elapsedMillis) {
        if (running) {
            now += elapsedMillis - elapsed;
        }
        running = true;
        elapsed = elapsedMillis;
        wall = Math.max(wall, wallMillis);
        now = Math.max(now, wall);
    }

    /** For durations: milliseconds of a clock that nobody can set. */
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

    /** Milliseconds since 1970 that never run backwards; with a lead, ahead of the wall. */
    long now() {
        return now;
    }

    /** The wall's time, never backwards: for what people read. */
    long wall() {
        return wall;
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
