package dev.heddle.edge;

import dev.heddle.events.Event;
import dev.heddle.routing.Router;
import dev.heddle.routing.ShardLoop;
import dev.heddle.shard.Outcome;
import dev.heddle.shard.Session;
import dev.heddle.shard.Shard;
import dev.heddle.wire.ClientFrame;
import dev.heddle.wire.FrameCursor;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.Protocol;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what a connection has read to the shards that it concerns, and waits until they have handled it; the reader's, and
 * the shards' owners' from a submitted command to its end. Holds one batch and one outlet for each shard that the connection
 * has had to do with.
 */
final class Dispatch {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatch.class);

    private final Connection connection;
    private final ClientQueue queue;
    private final Edge edge;
    private final Router router;
    private final int home;
    private final Errand errand;
    private final @Nullable Batch[] batches;
    /** Null where there is one shard: its answers need no joining. */
    private final @Nullable Finished finishedIds;

    /** The reader's: this read contains a LOGOUT. */
    private boolean leaves;

    /** Written by the home shard's owner before {@link Errand#finished}: for so long nothing more is to be handled. */
    private int heldMillis;

    /** @param home the shard of the connection's user */
    Dispatch(Connection connection, ClientQueue queue, Edge edge, int home) {
        this.connection = connection;
        this.queue = queue;
        this.edge = edge;
        this.router = edge.router();
        this.home = home;
        this.errand = new Errand(connection);
        this.batches = new @Nullable Batch[router.shards()];
        this.finishedIds = router.shards() > 1 ? new Finished(router.shards(), queue::accepted) : null;
    }

    int home() {
        return home;
    }

    /** What the reader waits for. */
    Errand errand() {
        return errand;
    }

    /** The session in its user's own shard; there is one once LOGIN was answered. */
    Session session() {
        Session opened = batch(home).outlet().session();
        if (opened == null) {
            throw new IllegalStateException("not logged in");
        }
        return opened;
    }

    private Batch batch(int shard) {
        Batch batch = batches[shard];
        if (batch == null) {
            ShardLoop loop = router.loop(shard);
            Outlet outlet = new Outlet(connection, queue, edge.pool(), loop, shard);
            batch = new Batch(this, outlet, router, shard);
            batches[shard] = batch;
        }
        return batch;
    }

    // ---- the reader ----

    /** Logs in; false if the answer was GOODBYE. */
    boolean login(byte[] user, long cursor) {
        Outlet outlet = batch(home).outlet();
        errand.run(router.loop(home), errand.command(turn -> {
            Outcome answer = turn.shard().login(outlet, user, cursor, turn.mayLoad());
            Session opened = outlet.session();
            if (answer == Outcome.DONE && opened != null) {
                // Who comes back owes what it owed.
                charge(turn.shard(), opened, 0, 0, 0);
            }
            return answer;
        }));
        if (errand.outcome() == Outcome.ENDED) {
            return false;
        }
        tellOpened(outlet);
        return true;
    }

    private void tellOpened(Outlet atHome) {
        edge.events()
                .at(LOG, Event.SESSION_OPENED)
                .addKeyValue("user", atHome::user)
                .addKeyValue("session", atHome::number)
                .addKeyValue("from", connection::peer)
                .log();
    }

    /** Has the shards handle what was read; returns where the rest begins, or -1 if the connection is to end. */
    int work(ByteBuffer buffer, int from, int to) {
        if (finishedIds != null && !workElsewhere(finishedIds, buffer, from, to)) {
            return -1;
        }
        // The user's own shard comes last, so that LOGOUT and goodbyes come after what was sent before them.
        Batch atHome = batch(home);
        return work(atHome, home, buffer, from, to) ? atHome.handled() : -1;
    }

    /** Milliseconds for which this connection is held back after what it sent; 0 from the second call on. */
    int takeHeldMillis() {
        int millis = heldMillis;
        heldMillis = 0;
        return millis;
    }

    /** Whether {@link #takeHeldMillis} would return more than 0. */
    boolean isHeld() {
        return heldMillis > 0;
    }

    /** The part of the other shards, each of which is told of before any of them begins. */
    private boolean workElsewhere(Finished ids, ByteBuffer buffer, int from, int to) {
        long involved = involved(ids, buffer, from, to);
        for (int shard = 0; shard < batches.length; shard++) {
            if (shard != home && (involved & 1L << shard) != 0 && !work(batch(shard), shard, buffer, from, to)) {
                return false;
            }
        }
        if (leaves) {
            settleElsewhere();
        }
        return true;
    }

    /** The client sends nothing more: waits until it has been told what became of all that it sent. */
    void settle() {
        settleElsewhere();
        settle(home);
    }

    private void settleElsewhere() {
        for (int shard = 0; shard < batches.length; shard++) {
            if (shard != home) {
                settle(shard);
            }
        }
    }

    private void settle(int shard) {
        Batch batch = batches[shard];
        Session session = batch == null ? null : batch.outlet().session();
        if (session != null) {
            errand.run(router.loop(shard), errand.command(turn -> turn.shard().settle(session)));
        }
    }

    private long involved(Finished ids, ByteBuffer buffer, int from, int to) {
        FrameCursor cursor = new FrameCursor(edge.options().frameLimit());
        ClientFrame frame = new ClientFrame();
        long involved = 0;
        leaves = false;
        cursor.wrap(buffer, from, to);
        while (cursor.next() == FrameCursor.Step.FRAME
                && frame.parse(buffer, cursor.type(), cursor.bodyStart(), cursor.bodyEnd())) {
            if (Batch.isForNamed(cursor.type())) {
                int shard = router.shardOf(buffer, frame.nameStart(), frame.nameLength());
                involved |= 1L << shard;
                if (cursor.type() == Protocol.SEND) {
                    ids.sent(shard);
                }
            } else if (cursor.type() == Protocol.LOGOUT) {
                leaves = true;
            }
        }
        return involved;
    }

    /** Has one shard handle its part; false if the connection is to end. */
    private boolean work(Batch batch, int shard, ByteBuffer buffer, int from, int to) {
        batch.fill(buffer, from, to);
        errand.run(router.loop(shard), batch);
        return settled(batch, shard);
    }

    /** Has it handled until its end, with the client's answers read in between; false if the connection is to end. */
    private boolean settled(Batch batch, int shard) {
        while (errand.outcome() == Outcome.PAUSED
                || (errand.outcome() == Outcome.CONGESTED && connection.awaitRoom())) {
            errand.run(router.loop(shard), batch);
        }
        return errand.outcome() != Outcome.ENDED && errand.outcome() != Outcome.CONGESTED;
    }

    /** As {@link #work}, without waiting; false if it is to be ended by {@link #finish}. For a single shard. */
    boolean begin(ByteBuffer buffer, int from, int to) {
        Batch batch = batch(home);
        batch.fill(buffer, from, to);
        return errand.begin(router.loop(home), batch);
    }

    /** Ends what was begun; returns as {@link #work}. */
    int finish() {
        errand.await();
        Batch batch = batch(home);
        return settled(batch, home) ? batch.handled() : -1;
    }

    /** Where the rest begins, once all is handled. */
    int handled() {
        return batch(home).handled();
    }

    /** The reader's last act: every shard forgets the connection. */
    void close() {
        for (int shard = 0; shard < batches.length; shard++) {
            Batch batch = batches[shard];
            if (batch != null) {
                Outlet outlet = batch.outlet();
                errand.run(router.loop(shard), errand.command(turn -> {
                    Session session = outlet.session();
                    if (session != null) {
                        turn.shard().close(session);
                    }
                    outlet.discard();
                    return Outcome.DONE;
                }));
            }
        }
    }

    // ---- the shards' owners ----

    /** The home shard's owner has handled so much of what was read, or the other shards have, and made so many names. */
    void charge(Shard shard, Session session, int messages, int bytes, int names) {
        Origin origin = connection.origin();
        if (!origin.isFree()) {
            long byAddress = edge.admission().charge(origin, messages, bytes);
            heldMillis = (int)
                    Math.max(shard.charge(session, messages, bytes, names), TimeUnit.NANOSECONDS.toMillis(byAddress));
        }
    }

    /** By the home shard's owner, after all others: names that SENDs have made there. */
    int takeNamesElsewhere() {
        int names = 0;
        for (int shard = 0; shard < batches.length; shard++) {
            Batch batch = batches[shard];
            if (shard != home && batch != null) {
                names += batch.takeNames();
            }
        }
        return names;
    }

    /** The shard has answered so many SENDs, and stored all that it did not reject up to this id; 0: it stored none. */
    void answered(int shard, int count, long id) {
        if (finishedIds != null) {
            finishedIds.answered(shard, count, id);
        } else if (id != 0) {
            queue.accepted(id);
        }
    }

    // ---- any thread ----

    /** The queue has room again. */
    void queueDrained() {
        for (Batch batch : batches) {
            if (batch != null) {
                batch.outlet().queueDrained();
            }
        }
    }

    /** Ends the session, as the shard's command; false if its ring is full. */
    boolean end(GoodbyeCode code, int retryAfterMillis, String reason) {
        Batch atHome = batches[home];
        if (atHome == null) {
            return true;
        }
        Outlet outlet = atHome.outlet();
        return outlet.loop().submit(turn -> {
            Session session = outlet.session();
            if (session != null) {
                turn.shard().end(session, code, retryAfterMillis, reason);
            }
            return Outcome.DONE;
        });
    }
}
