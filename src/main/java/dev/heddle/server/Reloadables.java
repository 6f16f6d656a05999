package dev.heddle.server;

import dev.heddle.config.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** All parts that take new settings: all of them, or none; any thread, one at a time. Bounded by the parts of the server. */
public final class Reloadables {
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Reloadable> parts = new ArrayList<>();
    private boolean closed;

    Reloadables() {}

    void add(Reloadable part) {
        parts.add(part);
    }

    /**
     * Puts settings in force, in the order in which the parts were added.
     *
     * @throws dev.heddle.config.SettingsException if a part refuses; then nothing has changed
     */
    void apply(Settings next, Consumer<String> says) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (closed) {
                says.accept("the server is stopping");
                return;
            }
            List<Reloadable.Change> changes = new ArrayList<>();
            for (Reloadable part : parts) {
                changes.add(part.prepare(next, says));
            }
            for (Reloadable.Change change : changes) {
                change.apply();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Nothing changes any more. */
    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }
}
