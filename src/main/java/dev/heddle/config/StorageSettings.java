package dev.heddle.config;

import java.nio.file.Path;

/**
 * What is kept, and how.
 *
 * @param data folder that holds the log
 * @param sync what ACCEPTED waits for
 * @param shards 0: as many as the data folder has, or 1 if it is new
 * @param maxUsers users that one shard remembers
 * @param logBytes on disk, of all shards together
 * @param segmentBytes of one log file
 */
public record StorageSettings(Path data, Sync sync, int shards, long maxUsers, long logBytes, int segmentBytes) {
    /** What ACCEPTED waits for. */
    public enum Sync {
        /** The disk. */
        ALWAYS,
        /** The operating system. */
        OS
    }

    public static final int MOST_SHARDS = 64;

    private static final Setting<Path> DATA =
            Setting.of("data", Kind.path(), "data").in("folder").means("everything is kept here");
    private static final Setting<Sync> SYNC = Setting.of("sync", Kind.oneOf(Sync.class), "always")
            .means("ACCEPTED waits for the disk, or for the operating system only (then a power cut can lose the last"
                    + " second; a killed process loses nothing)");
    private static final Setting<Long> SHARDS = Setting.of("shards", Kind.number(0, MOST_SHARDS), "0")
            .means("of a new data folder, for ever; 0: as many as it has, and one if it is new, which is right for two"
                    + " cores");
    private static final Setting<Long> MAX_USERS = Setting.of("max.users", Kind.number(16, 100_000_000), "1000000")
            .in("users a shard")
            .means("names that are remembered");
    private static final Setting<Long> LOG_BYTES = Setting.of("log.bytes", Kind.bytes(4L << 20, 1L << 50), "16g")
            .in("bytes")
            .means("log on disk, then STORAGE_FULL")
            .reloadable();
    private static final Setting<Long> SEGMENT_BYTES = Setting.of("segment.bytes", Kind.bytes(2 << 20, 1 << 30), "64m")
            .in("bytes")
            .means("a log file");

    static final Area AREA = Area.of("What is kept, and how", DATA, SYNC, SHARDS, MAX_USERS, LOG_BYTES, SEGMENT_BYTES);

    static StorageSettings of(Values values) {
        return new StorageSettings(
                values.get(DATA),
                values.get(SYNC),
                values.integer(SHARDS),
                values.get(MAX_USERS),
                values.get(LOG_BYTES),
                values.integer(SEGMENT_BYTES));
    }
}
