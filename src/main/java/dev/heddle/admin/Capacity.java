package dev.heddle.admin;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How much more would fit, worked out from what was measured here; null where too little was.
 *
 * <ul>
 *   <li>Processor time for a message: that of the whole process in the last minute, divided by the messages that were accepted
 *       in it, if these were a thousand or more. All processors together could do so many of them in a second. What else was
 *       done in this minute counts as their cost, so this is rather too low.
 *   <li>Heap for a connection: by how much more of it was alive after a collection than at the quietest moment of the last
 *       hour, divided by how many connections more there are, if these are a hundred or more. So many of them fit what is left,
 *       up to {@code max.connections}. Inboxes that were read meanwhile make it come out too high.
 *   <li>Growth of the log: of the last hour, or of the time since the start if that is shorter, but not less than a minute.
 *       Space ends where {@code log.bytes} does, or the file system.
 * </ul>
 *
 * @param connections how many more
 * @param heapBytesPerConnection measured
 * @param messagesPerSecond in all, at the load of the last minute
 * @param cpuMicrosPerMessage measured
 * @param diskHours until storage is full
 * @param diskBytesPerHour by which the log grows
 */
public record Capacity(
        @Nullable Long connections,
        @Nullable Double heapBytesPerConnection,
        @Nullable Double messagesPerSecond,
        @Nullable Double cpuMicrosPerMessage,
        @Nullable Double diskHours,
        @Nullable Double diskBytesPerHour) {
    private static final int MINUTE_SECONDS = 60;
    private static final int HOUR_SECONDS = 3600;
    private static final int LEAST_MESSAGES = 1000;
    private static final int LEAST_CONNECTIONS = 100;

    static Capacity of(Observation seen, History history, Observed.Budget budget, long diskFreeBytes) {
        Sample now = Sample.of(seen);
        Double cpu = cpuNanosPerMessage(now, history.since(now.nanos(), MINUTE_SECONDS));
        Double heap = heapPerConnection(now, history.quietest());
        Double growth = growthPerHour(now, history.since(now.nanos(), HOUR_SECONDS));
        long limit = seen.sum(shard -> shard.storage().logLimitBytes());
        long left = Math.max(0, limit - now.logBytes());
        long space = diskFreeBytes < 0 ? left : Math.min(left, diskFreeBytes);
        return new Capacity(
                heap == null ? null : (Long) connections(now, heap, budget),
                heap,
                cpu == null ? null : (Double) (seen.process().processors() * 1e9 / cpu),
                cpu == null ? null : (Double) (cpu / 1e3),
                growth == null ? null : (Double) (space / growth),
                growth);
    }

    private static long connections(Sample now, double heapEach, Observed.Budget budget) {
        long fit = (long) ((budget.heapBytes() - now.heapLiveBytes()) / heapEach);
        return Math.clamp(fit, 0, Math.max(0, budget.connections() - now.connections()));
    }

    private static @Nullable Double cpuNanosPerMessage(Sample now, @Nullable Sample before) {
        if (before == null || now.accepted() - before.accepted() < LEAST_MESSAGES || now.cpuNanos() < 0) {
            return null;
        }
        return (double) (now.cpuNanos() - before.cpuNanos()) / (now.accepted() - before.accepted());
    }

    private static @Nullable Double heapPerConnection(Sample now, @Nullable Sample quiet) {
        if (quiet == null || now.connections() - quiet.connections() < LEAST_CONNECTIONS) {
            return null;
        }
        double each =
                (double) (now.heapLiveBytes() - quiet.heapLiveBytes()) / (now.connections() - quiet.connections());
        return each > 0 ? each : null;
    }

    private static @Nullable Double growthPerHour(Sample now, @Nullable Sample before) {
        if (before == null || now.nanos() - before.nanos() < TimeUnit.SECONDS.toNanos(MINUTE_SECONDS)) {
            return null;
        }
        double hours = (double) (now.nanos() - before.nanos()) / TimeUnit.HOURS.toNanos(1);
        double growth = (now.logBytes() - before.logBytes()) / hours;
        return growth > 0 ? growth : null;
    }
}
