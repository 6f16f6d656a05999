package dev.heddle.shard;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.wire.PresenceState;
import dev.heddle.wire.ServerFrames;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Who watches whom, and who is still to be told; the shard's owner only. Bounded by the two limits on watches. Changes of
 * one user are told at most once a second, the latest state always.
 *
 * <p>A watcher that has no room for a notice costs later changes nothing: its watch leaves the user's list and waits with the
 * session until that has room, and is told the state of that moment.
 *
 * <pre>
 *   user:  quiet --changed--> telling, some watchers a step --all told--> cooling, for a second --> quiet, or telling again
 * </pre>
 */
final class Notices {
    private static final int SPACING_MILLIS = 1000;

    /** Watchers that are told at once, before other work comes between. */
    private static final int TOLD_AT_ONCE = 256;

    private final Users users;
    private final IdClock clock;
    private final Stage stage;
    private final Limits limits;

    private final Deque<User> telling = new ArrayDeque<>();
    /** How many of the watchers of the first of them are still to be looked at; -1: none was yet. */
    private int left = -1;
    /** In the order in which they were told. */
    private final Deque<User> cooling = new ArrayDeque<>();
    /** Of those, who have changed again. */
    private int changedAgain;
    /** Sessions that are owed notices and found no free memory; no event tells when there is some, so each tick tries again. */
    private List<Session> hungry = new ArrayList<>();

    private int watches;
    private long now;

    Notices(Users users, IdClock clock, Stage stage, Limits limits) {
        this.users = users;
        this.clock = clock;
        this.stage = stage;
        this.limits = limits;
    }

    /** Of all sessions. */
    int watches() {
        return watches;
    }

    /** Whether everybody has been told. */
    boolean isAtRest() {
        return telling.isEmpty() && changedAgain == 0 && hungry.isEmpty();
    }

    static PresenceState state(User user) {
        if (user.session != null) {
            return PresenceState.ONLINE;
        }
        return user.lastSeen == 0 ? PresenceState.NEVER_SEEN : PresenceState.OFFLINE;
    }

    /** Tells at once and from now on; false if that is one watch too many. */
    @CheckReturnValue
    boolean watch(Session session, User user) {
        Watch watch =
                session.watchCount() == 0 ? null : session.watches().byUser.get(user);
        if (watch == null) {
            ShardOptions options = limits.now();
            if (session.watchCount() >= options.watchesPerSession() || watches >= options.watchesTotal()) {
                return false;
            }
            watch = new Watch(session, user);
            session.watches().byUser.put(user, watch);
            user.addWatcher(watch);
            users.hold(user);
            watches++;
        }
        tell(watch);
        return true;
    }

    void unwatch(Session session, User user) {
        Watch watch =
                session.watchCount() == 0 ? null : session.watches().byUser.remove(user);
        if (watch != null) {
            remove(watch);
        }
    }

    void forget(Session session) {
        if (session.watchCount() > 0) {
            session.watches().byUser.values().forEach(this::remove);
            session.watches().byUser.clear();
        }
    }

    private void remove(Watch watch) {
        if (watch.owed) {
            watch.watcher.watches().settle(watch);
        } else {
            watch.watched.removeWatcher(watch);
        }
        users.release(watch.watched);
        watches--;
    }

    void changed(User user) {
        if (user.watchers == null) {
            return;
        }
        user.presenceVersion++;
        if (!user.noticed) {
            user.noticed = true;
            users.hold(user);
            telling.add(user);
        } else if (!user.presenceChanged) {
            user.presenceChanged = true;
            changedAgain++;
        }
    }

    /** Tells some of what has changed, where a second has passed since the last time. */
    void flush(long millis) {
        now = millis;
        cool();
        step();
    }

    /** Also tries those once more who got nothing for want of memory. */
    void tick(long millis) {
        List<Session> again = hungry;
        hungry = new ArrayList<>();
        for (Session session : again) {
            session.watches().hungry = false;
            drained(session);
        }
        flush(millis);
    }

    /** Whether a {@link #step} would do anything. */
    boolean hasSteps() {
        return !telling.isEmpty();
    }

    /** Goes on telling. */
    void step() {
        int most = TOLD_AT_ONCE;
        while (most > 0 && !telling.isEmpty()) {
            User user = telling.getFirst();
            List<Watch> watchers = user.watchers;
            int count = watchers == null ? 0 : watchers.size();
            // From the end: the watch that fills a removed one's place comes from behind it, and was told already.
            left = left < 0 ? count : Math.min(left, count);
            if (watchers == null || left == 0) {
                telling.removeFirst();
                left = -1;
                user.noticedMillis = (int) now;
                cooling.add(user);
            } else {
                left--;
                most--;
                tellChange(watchers.get(left));
            }
        }
    }

    private void cool() {
        while (!cooling.isEmpty() && (int) now - cooling.getFirst().noticedMillis >= SPACING_MILLIS) {
            User user = cooling.removeFirst();
            if (user.presenceChanged) {
                user.presenceChanged = false;
                changedAgain--;
                telling.add(user);
            } else {
                user.noticed = false;
                users.release(user);
            }
        }
    }

    private void tellChange(Watch watch) {
        User user = watch.watched;
        if (watch.told == user.presenceVersion) {
            return;
        }
        if (hasRoom(watch)) {
            tell(watch);
        } else {
            user.removeWatcher(watch);
            watch.watcher.watches().owe(watch);
            refused(watch.watcher);
        }
    }

    /** The session may have room again for what it is still to be told. */
    void drained(Session session) {
        while (session.isOwedNotices()) {
            Watch watch = session.watches().lastOwed();
            if (!hasRoom(watch)) {
                refused(session);
                return;
            }
            session.watches().settle(watch);
            watch.watched.addWatcher(watch);
            tell(watch);
        }
    }

    private void refused(Session session) {
        if (session.client.isShortOfMemory() && !session.watches().hungry) {
            session.watches().hungry = true;
            hungry.add(session);
        }
    }

    private static boolean hasRoom(Watch watch) {
        return watch.watcher.client.hasRoom(ServerFrames.presenceSize(watch.watched.name.length));
    }

    private void tell(Watch watch) {
        User user = watch.watched;
        watch.told = user.presenceVersion;
        watch.watcher.client.presence(0, state(user), clock.seen(user.lastSeen), user.name);
        stage.add(watch.watcher);
    }
}
