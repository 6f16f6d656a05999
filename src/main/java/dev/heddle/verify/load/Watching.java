package dev.heddle.verify.load;

import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.PresenceState;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.ServerFrame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.HdrHistogram.Histogram;

/**
 * Watchers, and how late they hear of changes; each watcher's thread, under one lock. A change counts as heard by a watcher when
 * a notice with the new state comes to it before the next change. Bounded by watchers times watched users.
 */
final class Watching {
    /** The latest change of a user, and which watchers have heard of it. */
    private static final class Change {
        final boolean online;
        final BitSet heard = new BitSet();
        /** When it was confirmed; 0: not yet. */
        long nanos;

        Change(boolean online) {
            this.online = online;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Change> changes = new HashMap<>();
    private final Histogram staleness = new Histogram(TimeUnit.HOURS.toNanos(1), 3);
    private final int watchers;
    private long missed;
    private long counted;
    private long repeated;

    Watching(int watchers) {
        this.watchers = watchers;
    }

    /** Whoever changes a watched user's presence says so before; a notice may be quicker than the confirmation. */
    void changes(String user, boolean online) {
        lock.lock();
        try {
            Change last = changes.put(user, new Change(online));
            if (last != null) {
                counted += watchers;
                missed += watchers - last.heard.cardinality();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The server has confirmed it. */
    void changed(String user, long nanos) {
        lock.lock();
        try {
            Change last = changes.get(user);
            if (last != null) {
                last.nanos = nanos;
            }
        } finally {
            lock.unlock();
        }
    }

    private void heard(int watcher, String user, int state, long nanos) {
        lock.lock();
        try {
            Change last = changes.get(user);
            if (last == null || last.online != (state == PresenceState.ONLINE.code())) {
                return;
            }
            if (last.heard.get(watcher)) {
                repeated++;
            } else {
                last.heard.set(watcher);
                staleness.recordValue(last.nanos == 0 ? 0 : Math.max(0, nanos - last.nanos));
            }
        } finally {
            lock.unlock();
        }
    }

    /** One watcher, until its connection ends. */
    void watch(int watcher, Wire wire, int users, String prefix) throws IOException {
        for (int i = 0; i < users; i++) {
            ClientFrames.watch(wire.out(), (prefix + i).getBytes(StandardCharsets.UTF_8));
            if (wire.out().remaining() < 300) {
                wire.flush();
            }
        }
        wire.flush();
        while (true) {
            ServerFrame frame = wire.next();
            if (frame.type() == Protocol.PRESENCE && frame.tag() == 0) {
                heard(watcher, new String(frame.name(), StandardCharsets.UTF_8), frame.state(), System.nanoTime());
            }
        }
    }

    Histogram staleness() {
        return staleness;
    }

    /** Changes, times watchers, that were followed by another change; the last ones are not counted. */
    long counted() {
        return counted;
    }

    long missed() {
        return missed;
    }

    /** Notices to a watcher that had heard of the change before. */
    long repeated() {
        return repeated;
    }
}
