package dev.heddle.server;

import dev.heddle.config.SettingsException;
import dev.heddle.events.Event;
import dev.heddle.events.EventLog;
import dev.heddle.routing.ShardLoop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The backups of a server; any thread, under a lock. One at a time, and the last one is remembered. */
public final class Backups {
    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);

    /** A drain waits no longer for the end of a backup. */
    private static final long END_MILLIS = 5000;

    private final EventLog events;
    private final Path data;
    private final List<ShardLoop> loops;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Backup last;
    private boolean closed;

    Backups(Path data, List<ShardLoop> loops, EventLog events) {
        this.events = events;
        this.data = data;
        this.loops = List.copyOf(loops);
    }

    /**
     * Begins one: everything accepted before this call is in it.
     *
     * @param folder new or empty; afterwards a data folder that a server can be started on
     * @throws SettingsException if the folder cannot be used, or another backup is under way
     */
    public void start(Path folder) throws IOException {
        lock.lock();
        try {
            if (closed) {
                throw new SettingsException("the server is stopping");
            }
            if (last != null && !last.hasEnded()) {
                throw new SettingsException("a backup to " + last.progress().folder() + " is under way");
            }
            last = new Backup(data, loops, folder, System::nanoTime, this::tell);
            events.at(LOG, Event.BACKUP_BEGUN).addKeyValue("folder", folder).log();
        } finally {
            lock.unlock();
        }
    }

    private void tell(BackupProgress end) {
        boolean whole = end.stage() == BackupProgress.Stage.DONE;
        events.at(LOG, whole ? Event.BACKUP_DONE : Event.BACKUP_FAILED)
                .addKeyValue("folder", end.folder())
                .addKeyValue("bytes", end.bytes())
                .addKeyValue("messages", end.messages())
                .addKeyValue("millis", end.millis())
                .addKeyValue("reason", end.error() == null ? "" : end.error())
                .log();
    }

    /** How the last one goes, or went. */
    public Optional<BackupProgress> progress() {
        lock.lock();
        try {
            return Optional.ofNullable(last).map(Backup::progress);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the end of the last one. */
    public Optional<BackupProgress> await() throws InterruptedException {
        Backup running;
        lock.lock();
        try {
            running = last;
        } finally {
            lock.unlock();
        }
        return running == null ? Optional.empty() : Optional.of(running.await());
    }

    /** Ends one that is under way. */
    public void cancel() throws InterruptedException {
        lock.lock();
        try {
            if (last != null) {
                last.cancel("was called off", END_MILLIS);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends one that is under way; no other is begun. */
    void close() throws InterruptedException {
        lock.lock();
        try {
            closed = true;
            if (last != null) {
                last.cancel("the server is stopping", END_MILLIS);
            }
        } finally {
            lock.unlock();
        }
    }
}
