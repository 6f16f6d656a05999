package dev.heddle.shard;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One connection as one shard sees it; created by the shard at login (or, in a shard that is not its user's home, at its
 * first frame), worked by the shard's owner only, ended by {@link Shard#close}. Constant in size but for its watches, which
 * are limited.
 */
public final class Session {
    final Client client;
    final User user;
    final boolean home;
    final long firstId;
    /** When LOGIN was answered, on the clock that nobody can set. */
    final long sinceMillis;

    /** Where LOGIN's cursor or the latest DELIVER of this connection stands: an ACK above it is a lie. */
    long ackLimit;

    final Window window = new Window();
    /** False: nothing more is handled or said. */
    boolean open = true;
    /** True: nothing is held for it any more. */
    boolean closed;

    /** The latest id stored, and how many were since the running force began. */
    long storedId;

    int storedCount;
    /** The latest id that this force covers, and how many it does. */
    long forcingId;

    int forcingCount;
    boolean inReceipts;
    /** Staged something in this cycle. */
    boolean staged;
    /** Staged a message in this cycle, which the log must hold before it goes out. */
    boolean stagedMessage;

    private @Nullable Map<User, Watch> watches;

    Session(Client client, User user, boolean home, long firstId, long sinceMillis) {
        this.client = client;
        this.user = user;
        this.home = home;
        this.firstId = firstId;
        this.sinceMillis = sinceMillis;
    }

    /** Ids at or above this one cannot have come from {@link #firstId} by counting, however fast; see {@link IdClock}. */
    long idLimit(long elapsedMillis) {
        return firstId + ((Math.max(0, elapsedMillis - sinceMillis) + 1) << IdClock.ID_BITS);
    }

    /** The first id that WELCOME named. */
    public long firstId() {
        return firstId;
    }

    Map<User, Watch> watches() {
        if (watches == null) {
            watches = new HashMap<>(4);
        }
        return watches;
    }

    int watchCount() {
        return watches == null ? 0 : watches.size();
    }
}
