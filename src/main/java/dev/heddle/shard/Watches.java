package dev.heddle.shard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What one session watches; the shard's owner only. Bounded by the limit on a session's watches. */
final class Watches {
    final Map<User, Watch> byUser = new HashMap<>(4);
    /** Of whose changes the session has not been told for want of room. */
    private final List<Watch> owed = new ArrayList<>(0);

    /** The session stands among those who are told at the next tick. */
    boolean hungry;

    boolean owesAny() {
        return !owed.isEmpty();
    }

    Watch lastOwed() {
        return owed.getLast();
    }

    void owe(Watch watch) {
        watch.owed = true;
        watch.index = owed.size();
        owed.add(watch);
    }

    void settle(Watch watch) {
        Watch last = owed.removeLast();
        if (!last.equals(watch)) {
            owed.set(watch.index, last);
            last.index = watch.index;
        }
        watch.owed = false;
    }
}
