package dev.heddle.shard;

import java.io.IOException;

/**
 * Where a run's seqs and ids begin: above all that anybody can have been given before. Immutable.
 *
 * @param epoch the run's seqs are above {@code epoch << 32}
 * @param reservedMillis the run's ids are above those of this time
 */
record Beginning(long epoch, long reservedMillis) {
    /** 2026-01-01 in UTC; seconds from here on fit an epoch until 2162. */
    private static final long ORIGIN_MILLIS = 1_767_225_600_000L;

    private static final long DAY_MILLIS = 86_400_000L;
    private static final long YEAR_MILLIS = 365 * DAY_MILLIS;

    /** How far ahead of the wall a copy begins: its original's clock gains up to an hour with each crash. */
    static final long LEAD_MILLIS = 10 * YEAR_MILLIS;

    /** Of the range of ids so much is to be left for a run. */
    private static final long SPARE_MILLIS = 10 * YEAR_MILLIS;

    private static final long EPOCHS = 1L << 32;

    /** Of a run that goes on with the only log that there is. */
    static Beginning after(long epoch, long reservedMillis, boolean clean) throws IOException {
        return checked(new Beginning(clean ? epoch : epoch + 1, reservedMillis));
    }

    /**
     * Of the first run on a copy, whose original went on, for an unknown time and through any number of crashes. An epoch that is
     * a time in seconds is above all that crashes can have counted up to, and above that of every copy that was begun earlier. The
     * lead over the wall does not add up: a copy of a copy begins a day after what the first one had reserved, at most.
     */
    static Beginning ofCopy(long epoch, long reservedMillis, long wallMillis) throws IOException {
        long seconds = Math.floorDiv(wallMillis - ORIGIN_MILLIS, 1000);
        return checked(new Beginning(
                Math.max(epoch + 1, seconds), Math.max(wallMillis + LEAD_MILLIS, reservedMillis + DAY_MILLIS)));
    }

    /** Seqs and ids that wrapped would be taken for old ones. */
    private static Beginning checked(Beginning beginning) throws IOException {
        if (beginning.epoch < 0 || beginning.epoch >= EPOCHS) {
            throw new IOException("the seqs of this log are used up (epoch " + beginning.epoch + ")");
        }
        long reserved = beginning.reservedMillis;
        if (reserved < 0 || reserved >= IdClock.END_MILLIS - SPARE_MILLIS) {
            throw new IOException("the message ids of this log are used up (reserved until " + reserved
                    + " ms since 1970, and their range ends at " + IdClock.END_MILLIS + ")");
        }
        return beginning;
    }
}
