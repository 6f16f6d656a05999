package dev.heddle.server;

import dev.heddle.config.InboxSettings;
import dev.heddle.config.Settings;
import dev.heddle.config.SettingsException;
import dev.heddle.config.StorageSettings;
import dev.heddle.log.LogOptions;
import dev.heddle.shard.ShardOptions;
import java.util.concurrent.TimeUnit;

/** What the settings say of limits, as each of so many shards and its log want it. */
final class ShardLimits {
    /** Space comes back a segment at a time, so a log is several, however small its limit. */
    static final int LEAST_SEGMENTS = 8;

    /** Each takes some hundred bytes of heap. */
    static final int MOST_SEGMENTS = 64 * 1024;

    private static final int RESIDENT_USERS = 16 * 1024;

    private ShardLimits() {}

    static ShardOptions of(Settings settings, int shards) {
        InboxSettings inbox = settings.inbox();
        return new ShardOptions(
                inbox.messages(),
                inbox.bytes(),
                TimeUnit.DAYS.toMillis(inbox.days()),
                settings.storage().logBytes() / shards,
                settings.connections().frameBytes(),
                RESIDENT_USERS,
                settings.watches().perSession(),
                settings.watches().total() / shards,
                Rates.perUser(settings.rates()),
                settings.storage().sync() == StorageSettings.Sync.ALWAYS);
    }

    /** @throws SettingsException if there is no room for {@link #LEAST_SEGMENTS} */
    static LogOptions log(Settings settings, int shards, long salt) {
        StorageSettings storage = settings.storage();
        int frame = settings.connections().frameBytes();
        int payload = frame + 1024;
        long share = storage.logBytes() / shards / LEAST_SEGMENTS;
        if (share < payload + 1024) {
            throw new SettingsException("log.bytes=" + storage.logBytes() + " is too small for " + shards
                    + " shards and frame.bytes=" + frame);
        }
        int segment = (int) Math.min(storage.segmentBytes(), share);
        long segments = storage.logBytes() / shards / segment;
        if (segments > MOST_SEGMENTS) {
            throw new SettingsException("segment.bytes=" + storage.segmentBytes() + " is too small for log.bytes="
                    + storage.logBytes() + ": that would be " + segments + " segments a shard, and may be "
                    + MOST_SEGMENTS);
        }
        return new LogOptions(segment, payload + (1 << 20), payload, 256 << 10, salt);
    }
}
