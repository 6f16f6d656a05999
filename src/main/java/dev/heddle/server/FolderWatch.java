package dev.heddle.server;

import dev.heddle.events.Event;
import dev.heddle.events.EventLog;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks whether the data folder is still the server's own; the {@link Watchdog}'s thread. Constant in size. */
final class FolderWatch {
    private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);

    private final DataFolder data;
    private final EventLog events;
    private final CompletableFuture<Throwable> failure;

    /** @param failure is told when the folder is lost */
    FolderWatch(DataFolder data, EventLog events, CompletableFuture<Throwable> failure) {
        this.data = data;
        this.events = events;
        this.failure = failure;
    }

    void look() {
        if (failure.isDone()) {
            return;
        }
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
}
