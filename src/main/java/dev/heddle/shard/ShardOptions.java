package dev.heddle.shard;

/**
 * Limits of one shard.
 *
 * @param inboxMessages messages that may wait in one inbox; more are REJECTED INBOX_FULL
 * @param inboxBytes bytes of log that they may take
 * @param messageAgeMillis messages older than this are dropped from an inbox
 * @param logBytes size of the log on disk from which on SENDs are REJECTED STORAGE_FULL
 * @param frameLimit largest frame in bytes, type and body
 * @param residentUsers users without a session that are kept on the heap for speed
 * @param watchesPerSession users that one session may watch
 * @param watchesTotal watches of all sessions
 * @param perUser what one user may send to all shards together, counted in its own
 * @param syncAlways true: ACCEPTED waits for the force; false: for the write to the operating system
 */
public record ShardOptions(
        int inboxMessages,
        long inboxBytes,
        long messageAgeMillis,
        long logBytes,
        int frameLimit,
        int residentUsers,
        int watchesPerSession,
        int watchesTotal,
        Allowance perUser,
        boolean syncAlways) {

    public ShardOptions {
        require(inboxMessages >= 1, "inboxMessages must be at least 1");
        require(inboxBytes >= 1, "inboxBytes must be at least 1");
        require(messageAgeMillis >= 1, "messageAgeMillis must be at least 1");
        require(logBytes >= 1 << 20, "logBytes must be at least 1 MiB");
        require(frameLimit >= 512 && frameLimit <= 1 << 20, "frameLimit must be 512 to 1048576");
        require(residentUsers >= 16, "residentUsers must be at least 16");
        require(watchesPerSession >= 0 && watchesTotal >= 0, "watches must not be negative");
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
