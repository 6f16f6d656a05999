package dev.heddle.verify.fault;

import java.time.Duration;

/**
 * What happens to bytes on their way, until it is changed.
 *
 * @param latency of each direction
 * @param jitter more, by lot; order is kept
 * @param bytesPerSecond of each connection and direction; 0: as fast as it goes
 * @param up whether bytes from client to server pass at all
 * @param down whether bytes from server to client pass at all
 */
public record Weather(Duration latency, Duration jitter, long bytesPerSecond, boolean up, boolean down) {
    public static final Weather FAIR = new Weather(Duration.ZERO, Duration.ZERO, 0, true, true);

    public static Weather slow(Duration latency, Duration jitter) {
        return new Weather(latency, jitter, 0, true, true);
    }

    public static Weather narrow(long bytesPerSecond) {
        return new Weather(Duration.ZERO, Duration.ZERO, bytesPerSecond, true, true);
    }

    /** Nothing passes in the directions that are false. */
    public static Weather partition(boolean up, boolean down) {
        return new Weather(Duration.ZERO, Duration.ZERO, 0, up, down);
    }
}
