package dev.heddle.server;

import dev.heddle.events.Event;
import dev.heddle.events.EventLog;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks once a second whether the data folder is still the server's own; a thread of its own, from {@link #start} to the close. */
final class FolderWatch {
    private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);
    private static final int LOOK_MILLIS = 1000;

    private final DataFolder data;
    private final EventLog events;
    private final CompletableFuture<Throwable> failure;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread =
            Thread.ofPlatform().name("heddle-folder").daemon(true).unstarted(this::run);

    /** @param failure is told when the folder is lost */
    FolderWatch(DataFolder data, EventLog events, CompletableFuture<Throwable> failure) {
        this.data = data;
        this.events = events;
        this.failure = failure;
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!failure.isDone() && !closed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException nobodyDoes) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            data.check();
        } catch (FolderLostException lost) {
            events.at(LOG, Event.FOLDER_LOST)
                    .addKeyValue("reason", lost.getMessage())
                    .log();
            failure.complete(lost);
        } catch (IOException unclear) {
            // What cannot be looked at now may be there; the log itself notices a disk that is gone.
        }
    }

    void close() throws InterruptedException {
        closed.countDown();
        thread.join();
    }
}
