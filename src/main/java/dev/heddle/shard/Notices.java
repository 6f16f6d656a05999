package dev.heddle.shard;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.wire.PresenceState;
import dev.heddle.wire.ServerFrames;
import java.util.ArrayList;
import java.util.List;

/**
 * Who watches whom, and who is still to be told; the shard's owner only. Bounded by the two limits on watches. Changes of
 * one user are told at most once a second, the latest state always; a watcher that does not read is told when it does.
 */
final class Notices {
    private static final long SPACING_MILLIS = 1000;

    private final Users users;
    private final IdClock clock;
    private final Stage stage;
    private final Limits limits;

    private List<User> changed = new ArrayList<>();
    private List<User> later = new ArrayList<>();
    private int watches;
    private boolean fresh;

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
        return changed.isEmpty();
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
        if (!session.watches().containsKey(user)) {
            ShardOptions now = limits.now();
            if (session.watchCount() >= now.watchesPerSession() || watches >= now.watchesTotal()) {
                return false;
            }
            Watch watch = new Watch(session, user);
            session.watches().put(user, watch);
            user.addWatcher(watch);
            users.hold(user);
            watches++;
        }
        tell(session, user);
        return true;
    }

    void unwatch(Session session, User user) {
        Watch watch = session.watchCount() == 0 ? null : session.watches().remove(user);
        if (watch != null) {
            remove(watch);
        }
    }

    void forget(Session session) {
        if (session.watchCount() > 0) {
            session.watches().values().forEach(this::remove);
            session.watches().clear();
        }
    }

    private void remove(Watch watch) {
        watch.watched.removeWatcher(watch);
        users.release(watch.watched);
        watches--;
    }

    void changed(User user) {
        if (user.watchers == null) {
            return;
        }
        for (Watch watch : user.watchers) {
            watch.due = true;
        }
        if (!user.presenceChanged) {
            user.presenceChanged = true;
            users.hold(user);
            changed.add(user);
            fresh = true;
        }
    }

    /** Tells what has changed in this cycle, where a second has passed since the last time. */
    void flush(long now) {
        if (fresh) {
            tick(now);
        }
    }

    void tick(long now) {
        fresh = false;
        if (changed.isEmpty()) {
            return;
        }
        for (User user : changed) {
            boolean tooSoon = now - user.lastNoticeMillis < SPACING_MILLIS;
            if (tooSoon || !tellAll(user, now)) {
                later.add(user);
            } else {
                user.presenceChanged = false;
                users.release(user);
            }
        }
        changed.clear();
        List<User> free = changed;
        changed = later;
        later = free;
    }

    /** False if a watcher could not be told yet. */
    private boolean tellAll(User user, long now) {
        user.lastNoticeMillis = now;
        boolean all = true;
        if (user.watchers != null) {
            for (Watch watch : user.watchers) {
                if (watch.due) {
                    Session watcher = watch.watcher;
                    if (watcher.client.hasRoom(ServerFrames.presenceSize(user.name.length))) {
                        watch.due = false;
                        tell(watcher, user);
                    } else {
                        all = false;
                    }
                }
            }
        }
        return all;
    }

    private void tell(Session watcher, User user) {
        watcher.client.presence(0, state(user), clock.seen(user.lastSeen), user.name);
        stage.add(watcher);
    }
}
