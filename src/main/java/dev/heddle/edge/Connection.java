package dev.heddle.edge;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.auth.Grant;
import dev.heddle.events.EventLog;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.ServerFrames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection: its parts, and how it ends; any thread, but where it says otherwise. It is in one {@link Phase}, read
 * by one thread ({@link Inflow}) and written by one ({@link Outflow}), and what it may take is bounded by theirs; it holds no
 * buffer while nothing is under way.
 */
final class Connection extends Polled implements Assembly.Client {
    /** In how many milliseconds to come back who is sent away because others are too many. */
    static final int RETRY_MILLIS = 1000;

    private static final AtomicReferenceFieldUpdater<Connection, Phase> PHASE =
            AtomicReferenceFieldUpdater.newUpdater(Connection.class, Phase.class, "phase");

    private final Edge edge;
    /** Those that it began with. */
    private final EdgeOptions options;

    /** Set by the reader before it is {@link Phase#OPEN}; null: its login cannot be revoked. */
    private @Nullable Grant grant;

    /** Null: what is read and written is the socket's own. */
    private final @Nullable Layer layer;

    private final Origin origin;
    private final ClientQueue queue;
    private final Outflow out;
    private final Inflow in;
    private final Deadlines deadlines;

    private volatile Phase phase = Phase.NEW;

    /** Set by the reader, once: null before LOGIN. */
    private volatile @Nullable Dispatch dispatch;

    /**
     * A connection that is not read from before {@link #start}.
     *
     * @param handshakes null: the client speaks plain TCP
     * @param codec null: the client speaks in frames; any other is the connection's from here on
     * @param silenceSeconds so much silence ends a session; 0: none does
     */
    Connection(
            Edge edge,
            SocketChannel channel,
            Origin origin,
            @Nullable Handshakes handshakes,
            @Nullable Codec codec,
            int silenceSeconds,
            long nanos) {
        super(channel);
        this.edge = edge;
        this.options = edge.options();
        this.origin = origin;
        if (handshakes != null) {
            this.layer = new TlsChannel(channel, handshakes, edge, this);
        } else {
            this.layer = codec == null ? null : new CodecChannel(channel, codec, this, edge.pool());
        }
        this.queue = new ClientQueue(layer == null ? channel : layer, edge.pool());
        this.out = new Outflow(this, queue);
        this.deadlines = new Deadlines(options.loginSeconds(), silenceSeconds, nanos);
        this.in = new Inflow(this, edge, layer, queue, deadlines, new Intake(edge, this));
    }

    void start() {
        in.start();
    }

    EventLog events() {
        return edge.events();
    }

    EdgeOptions options() {
        return options;
    }

    Origin origin() {
        return origin;
    }

    // ---- the reader ----

    /** From now on there are shards to work for this connection; its user is at home in this one. */
    Dispatch dispatchFrom(int home) {
        Dispatch shards = new Dispatch(this, queue, edge, home);
        dispatch = shards;
        return shards;
    }

    void grant(@Nullable Grant given) {
        grant = given;
    }

    /** What was read is being handled, and the client has no part in how long that takes. */
    void isHandled() {
        in.isHandled();
    }

    /** Waits until the client has read its answers; false if it is gone. */
    boolean awaitRoom() {
        return in.awaitRoom();
    }

    /** The last act: nothing else is going to be done for it. */
    void close() {
        if (layer != null) {
            layer.close();
        }
        Dispatch shards = dispatch;
        if (shards != null) {
            shards.close();
        }
        queue.die();
        edge.closed(this);
        edge.poller().ask(this, Poller.WATCH);
    }

    // ---- the poller ----

    @Override
    boolean readable(boolean alone) {
        return in.readable(alone);
    }

    @Override
    void writable() {
        out.writable();
        if (layer != null && layer.wantsOut()) {
            boolean _ = in.readable(false);
        }
    }

    @Override
    long due(long now) {
        return deadlines.due(this, now);
    }

    @Override
    void endOutput() {
        try {
            if (layer != null) {
                layer.endOutput();
            }
            channel().shutdownOutput();
        } catch (IOException gone) {
            // Then there is nobody to tell.
        }
    }

    /** Whether it is we who do not listen, and not the client that is silent. */
    boolean isDeaf() {
        return in.isDeaf();
    }

    /** Has what waits in the socket read, if nobody does that already. */
    void look() {
        in.look();
    }

    /** Whether somebody reads, or handles what was read. */
    boolean isBeingRead() {
        return in.isReaders();
    }

    /** The machine's own time. */
    long realNanos() {
        return edge.realNanos();
    }

    // ---- shards' owners, and whoever writes ----

    /** As {@link dev.heddle.shard.Client#unacknowledged}. */
    int unacknowledged() {
        return layer == null ? 0 : layer.unacknowledged();
    }

    /** As {@link dev.heddle.shard.Client#acknowledgedAhead}. */
    int acknowledgedAhead() {
        return layer == null ? 0 : layer.acknowledgedAhead();
    }

    /** What was submitted is done. */
    void done() {
        in.done();
    }

    /** The shard has answered so many SENDs, and stored all that it did not reject up to this id; 0: it stored none. */
    void answered(int shard, int count, long id) {
        Dispatch shards = dispatch;
        if (shards != null) {
            shards.answered(shard, count, id);
        }
    }

    /** Writes out what is queued, if that is quick; otherwise has it written. */
    void flush() {
        out.flush();
    }

    /** The socket takes no more: the poller is to say when it does. */
    void awaitWritable() {
        edge.poller().ask(this, Poller.WRITE);
    }

    /** The queue has room again: who waits for that is told. */
    void roomAgain() {
        in.roomAgain();
        Dispatch shards = dispatch;
        if (shards != null) {
            shards.queueDrained();
        }
    }

    /** The layer has something to read. */
    void wakeReader() {
        in.wake();
    }

    /** Since when its silence has been borne, which a heartbeat would have ended, in nanoseconds; {@link Long#MAX_VALUE}: it was not. */
    long silentSince() {
        return phase == Phase.OPEN && deadlines.bearsSilence() ? deadlines.heardNanos() : Long.MAX_VALUE;
    }

    // ---- who waits for memory that this one holds ----

    /** Ends it in any phase. In the middle of its LOGIN it is not told why: what is written then is the answer to that. */
    @Override
    public void isTooSlow() {
        boolean logsIn = phase == Phase.LOGGING_IN;
        if (!logsIn) {
            end(GoodbyeCode.OVERLOADED, RETRY_MILLIS, "a large frame that came too slowly");
        }
        // It may have begun to log in meanwhile, and then nothing was ended.
        if (logsIn || phase == Phase.LOGGING_IN) {
            abandon();
        }
    }

    @Override
    public long address() {
        return Polled.address(channel());
    }

    // ---- any thread: the phases, and their end ----

    Phase phase() {
        return phase;
    }

    /** False if it was in another phase; then nothing has changed. */
    @CheckReturnValue
    boolean move(Phase from, Phase to) {
        return PHASE.compareAndSet(this, from, to);
    }

    @Override
    public boolean isEnding() {
        return phase.isLast();
    }

    /** Null before there are any. */
    @Nullable
    Dispatch shards() {
        return dispatch;
    }

    /** Ends the session, as the shard's command; or what there is before one. */
    void end(GoodbyeCode code, int retryAfterMillis, String reason) {
        if (phase == Phase.NEW) {
            sendAway(code, retryAfterMillis, reason);
            return;
        }
        Dispatch shards = dispatch;
        if (shards == null) {
            // It may be waiting to hear that it may not come in.
            in.wake();
        } else if (phase == Phase.OPEN && !shards.end(code, retryAfterMillis, reason)) {
            abandon();
        }
    }

    /** Ends the session if what it was let in with holds no longer. */
    void review() {
        if (phase == Phase.OPEN && !edge.admission().stillHolds(grant)) {
            end(GoodbyeCode.AUTH_FAILED, 0, "the token has been revoked");
        }
    }

    /** A client of whom nothing is known yet; where that has changed nothing happens. */
    void sendAway(GoodbyeCode code, int retryAfterMillis, String reason) {
        if (move(Phase.NEW, Phase.LOGGING_IN)) {
            sayGoodbye(code, retryAfterMillis, reason);
        }
    }

    /** A GOODBYE that no shard has to know of, because there is no session; if there is one, it is ended. */
    void sayGoodbye(GoodbyeCode code, int retryAfterMillis, String reason) {
        if (phase == Phase.OPEN) {
            end(code, retryAfterMillis, reason);
            return;
        }
        if (code != GoodbyeCode.AUTH_FAILED) {
            Ending.tell(events(), this, null, code, reason);
        }
        ByteBuffer chunk = ByteBuffer.allocate(ServerFrames.goodbyeSize(reason.length()));
        ServerFrames.goodbye(chunk, code, retryAfterMillis, reason);
        if (queue.offer(new Chunk(chunk.flip()))) {
            out.flush();
            out.endAfterFlush();
        } else {
            abandon();
        }
        ending();
    }

    /** GOODBYE is queued: the connection ends when it is written. */
    void endAfterFlush() {
        out.endAfterFlush();
    }

    /** The last word is said, or on its way. Nothing more is handled, and what is left has two seconds. */
    void ending() {
        Phase now = phase;
        if (!now.isLast() && move(now, Phase.ENDING)) {
            edge.poller().ask(this, Poller.WATCH);
            in.wake();
        }
    }

    /** All is said: no more from us, and the reader lets the client finish. */
    void finish() {
        ending();
        edge.poller().ask(this, Poller.FINISH);
    }

    /** Ends at once: the socket is of no more use. */
    void abandon() {
        phase = Phase.CLOSED;
        edge.poller().ask(this, Poller.CLOSE);
        in.wake();
    }
}
