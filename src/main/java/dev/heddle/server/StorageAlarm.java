package dev.heddle.server;

import dev.heddle.events.Event;
import dev.heddle.events.EventLog;
import dev.heddle.routing.Alarm;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the log how a shard's storage is, and whoever waits for its end; any thread. */
record StorageAlarm(int shard, EventLog events, CompletableFuture<Throwable> failure) implements Alarm {
    private static final Logger LOG = LoggerFactory.getLogger(StorageAlarm.class);

    @Override
    public void failed(Throwable cause) {
        events.at(LOG, Event.STORAGE_FAILED)
                .addKeyValue("shard", shard)
                .setCause(cause)
                .log();
        failure.complete(cause);
    }

    @Override
    public void full(boolean isFull) {
        events.at(LOG, isFull ? Event.STORAGE_FULL : Event.STORAGE_FREE)
                .addKeyValue("shard", shard)
                .log();
    }
}
