package dev.heddle.server;

import dev.heddle.edge.Edge;
import dev.heddle.events.Event;
import dev.heddle.events.EventLog;
import dev.heddle.shard.Ledger;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The graceful end of a server, up to the point where all that is open can be closed; the thread that stops it, once. Clients
 * have some seconds, the disk has as long as it takes. Made at the start: an installation that has been taken away since is one
 * of the failures that it tells.
 */
record Drain(EventLog events, Reloadables reloadables, Backups backups, Edge edge, Shards shards, DataFolder data) {
    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

    private static final int RETRY_SPREAD_MILLIS = 5000;
    private static final int GOODBYE_SECONDS = 3;
    private static final long GOODBYE_NANOS = TimeUnit.SECONDS.toNanos(GOODBYE_SECONDS);

    /** A sleep of some milliseconds that took longer was a pause of the process. */
    private static final long LONGEST_STEP_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** After a failure the next start recovers, and the process id that stays in the data folder says so. */
    Drained run() throws Exception {
        try {
            events.at(LOG, Event.DRAINING)
                    .addKeyValue("connections", edge.connections())
                    .log();
            reloadables.close();
            backups.close();
            sayGoodbye();
            Ledger ledger = shards.drain();
            if (!ledger.balances()) {
                data.keepPid();
            }
            Drained end = Drained.of(ledger);
            data.drained(end.line());
            tell(ledger);
            return end;
        } catch (Exception | LinkageError failed) {
            events.at(LOG, Event.DRAIN_FAILED).setCause(failed).log();
            data.keepPid();
            throw failed instanceof Exception usual
                    ? usual
                    : new IllegalStateException("the installation has changed under the server: " + failed, failed);
        }
    }

    /** Nobody comes in any more; who does not go is cut off. */
    private void sayGoodbye() throws IOException, InterruptedException {
        edge.drain(RETRY_SPREAD_MILLIS);
        awaitGone();
        edge.abandon();
        awaitGone();
    }

    /** Some seconds at most in which this process runs: where it stood still, clients had no time either. */
    private void awaitGone() throws InterruptedException {
        long passed = 0;
        long before = System.nanoTime();
        while (edge.connections() > 0 && passed < GOODBYE_NANOS) {
            Thread.sleep(5);
            long now = System.nanoTime();
            passed += Math.min(now - before, LONGEST_STEP_NANOS);
            before = now;
        }
    }

    private void tell(Ledger ledger) {
        events.at(LOG, ledger.balances() ? Event.DRAINED : Event.DRAIN_FAILED)
                .addKeyValue("accepted", ledger.accepted())
                .addKeyValue("waiting_at_start", ledger.waitingBefore())
                .addKeyValue("acknowledged", ledger.acknowledged())
                .addKeyValue("expired", ledger.expired())
                .addKeyValue("removed", ledger.removed())
                .addKeyValue("stored", ledger.stored())
                .addKeyValue("balances", ledger.balances())
                .log();
    }
}
