package dev.heddle.shard;

/**
 * Where a run's seqs and ids begin: above all that anybody can have been given before. Immutable.
 *
 * @param epoch the run's seqs are above {@code epoch << 32}
 * @param reservedMillis the run's ids are above those of this time
 */
record Beginning(long epoch, long reservedMillis) {
    /** 2026-01-01 in UTC; seconds from here on fit an epoch for as long as anybody will count. */
    private static final long ORIGIN_MILLIS = 1_767_225_600_000L;

    /** The original's clock gains up to a day with each start. */
    private static final long LEAD_MILLIS = 10 * 365 * 86_400_000L;

    /** Of a run that goes on with the only log that there is. */
    static Beginning after(long epoch, long reservedMillis, boolean clean) {
        return new Beginning(clean ? epoch : epoch + 1, reservedMillis);
    }

    /**
     * Of the first run on a copy, whose original went on, for an unknown time and through any number of crashes. An epoch that is
     * a time in seconds is above all that crashes can have counted up to, and above that of every copy that was begun earlier.
     */
    static Beginning ofCopy(long epoch, long reservedMillis, long wallMillis) {
        long seconds = Math.floorDiv(wallMillis - ORIGIN_MILLIS, 1000);
        return new Beginning(Math.max(epoch + 1, seconds), Math.max(reservedMillis, wallMillis) + LEAD_MILLIS);
    }
}
