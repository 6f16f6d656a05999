package dev.heddle.shard;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.Nullable;

/**
 * One connection as one shard sees it; created by the shard at login (or, in a shard that is not its user's home, at its
 * first frame), worked by the shard's owner only, ended by {@link Shard#close}. Constant in size but for its watches, which
 * are limited.
 */
public final class Session {
    final Client client;
    final User user;
    /** The connection's session where its user is at home; null: this is it. */
    private final @Nullable Session atHome;

    final long firstId;
    /** When LOGIN was answered, on the monotonic clock. */
    final long sinceMillis;

    /** Where LOGIN's cursor or the latest DELIVER of this connection stands: an ACK above it is a lie. */
    long ackLimit;

    final Window window;
    /** Written by this shard's owner; read by the owners of other shards. */
    private volatile boolean open = true;

    /** The latest id stored, and how many were since the running force began. */
    long storedId;

    int storedCount;
    /** The latest id that this force covers, and how many it does. */
    long forcingId;

    int forcingCount;
    boolean inReceipts;
    /** It may have acknowledged something, by its cursor or by an ACK. */
    boolean acknowledges;
    /** Stands among those that are fed at the next tick. */
    boolean hungry;
    /** Staged something in this cycle. */
    boolean staged;
    /** Staged a message in this cycle, which the log must hold before it goes out. */
    boolean stagedMessage;

    /** The bits of how far above the first id the lowest id was that was refused as ahead of its time; 0: none was. */
    private byte aheadBits;

    private @Nullable Watches watches;

    /** At home. */
    Session(Client client, User user, long firstId, long sinceMillis) {
        this.client = client;
        this.window = new Window(client.unacknowledged());
        this.user = user;
        this.atHome = null;
        this.firstId = firstId;
        this.sinceMillis = sinceMillis;
    }

    /** Elsewhere. */
    Session(Client client, User user, Session atHome) {
        this.client = client;
        this.window = new Window(0);
        this.user = user;
        this.atHome = atHome;
        this.firstId = atHome.firstId;
        this.sinceMillis = atHome.sinceMillis;
    }

    boolean isHome() {
        return atHome == null;
    }

    /**
     * False: nothing more is handled or said. A session elsewhere ends with the one at home. So what an earlier connection of
     * a user still has under way never mingles with what a later one sends: the later one's login ended the earlier one at
     * home, and what comes after that login sees it.
     */
    boolean isOpen() {
        return open && (atHome == null || atHome.open);
    }

    /** False if it was closed before. */
    @CheckReturnValue
    boolean close() {
        boolean first = open;
        open = false;
        return first;
    }

    /** Whether a message of this length may be sent to it without an ACK. */
    boolean allows(int length) {
        return window.isFixed() ? window.allows(length, client.acknowledgedAhead()) : window.allows(length);
    }

    /** Ids at or above this one cannot have come from {@link #firstId} by counting, however fast; see {@link IdClock}. */
    long idLimit(long elapsedMillis) {
        long passed = Math.max(0, elapsedMillis - sinceMillis);
        return firstId + ((IdClock.slowest(passed) + 1) << IdClock.ID_BITS);
    }

    /** This id is refused because it is at or above {@link #idLimit}, where later ones may be allowed. */
    void refuseAhead(long id) {
        byte bits = bitsAbove(id);
        aheadBits = aheadBits == 0 || bits < aheadBits ? bits : aheadBits;
    }

    /**
     * Whether an id that is about to be stored may be above one that was refused before: always if it is, and otherwise only if
     * it is more than half as far from the first id. Says so once.
     */
    @CheckReturnValue
    boolean passesRefused(long id) {
        boolean passes = aheadBits > 0 && Long.compareUnsigned(id, firstId) > 0 && bitsAbove(id) >= aheadBits;
        if (passes) {
            aheadBits = 0;
        }
        return passes;
    }

    private byte bitsAbove(long id) {
        return (byte) (Long.SIZE - Long.numberOfLeadingZeros(id - firstId));
    }

    /** Whether something that it sent is stored and it was not told so yet. */
    boolean isOwed() {
        return storedCount > 0 || forcingCount > 0;
    }

    /** The first id that WELCOME named. */
    public long firstId() {
        return firstId;
    }

    /** Which session of its user's shard it is, as WELCOME says. */
    public long number() {
        return IdClock.number(firstId);
    }

    /** Whose it is, in UTF-8; not to be changed. */
    public byte[] userName() {
        return user.name;
    }

    Watches watches() {
        if (watches == null) {
            watches = new Watches();
        }
        return watches;
    }

    int watchCount() {
        return watches == null ? 0 : watches.byUser.size();
    }

    /** Whether presence notices still have to be sent to it. */
    boolean isOwedNotices() {
        return watches != null && watches.owesAny();
    }
}
