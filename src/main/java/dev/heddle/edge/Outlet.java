package dev.heddle.edge;

import dev.heddle.events.Event;
import dev.heddle.routing.Command;
import dev.heddle.routing.ShardLoop;
import dev.heddle.routing.Turn;
import dev.heddle.shard.Client;
import dev.heddle.shard.Outcome;
import dev.heddle.shard.Session;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.PresenceState;
import dev.heddle.wire.RejectCode;
import dev.heddle.wire.ServerFrames;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection's place in one shard: what the shard says to the client is encoded into {@link Staging}, and handed to the
 * client's queue when the cycle ends. The shard's owner only, but where it says otherwise. Bounded by its allowance.
 *
 * <p>As a command it says to the shard that the queue has drained.
 */
final class Outlet implements Client, Command {
    private static final Logger LOG = LoggerFactory.getLogger(Outlet.class);

    /** Bytes that every client may have queued. */
    private static final int SMALL_ALLOWANCE = BufferPool.SMALL;

    /** Bytes that a client may have queued while memory is plentiful: enough to keep a fast socket busy. */
    private static final int LARGE_ALLOWANCE = 512 * 1024;

    /** Answers that may wait before nothing more is read: each frame in can cause a frame out. */
    private static final int ANSWERS = 2 * 1024;

    private static final int ANSWERS_ROOMY = 48 * 1024;

    /** Each shard numbers its sessions by itself. */
    private static final int SHARD_BITS = 6;

    private final Connection connection;
    private final ClientQueue queue;
    private final BufferPool pool;
    private final ShardLoop loop;
    private final int shard;
    private final Staging staging;

    private @Nullable Session session;

    /** SENDs answered by what is staged, and the highest id among them that was stored; 0: none. */
    private int answered;

    private long stored;

    /** Bytes of answers since nothing waited for the client. */
    private int answers;

    /** Set by the owner when something did not fit, cleared by whoever then submits this. */
    private volatile boolean starved;

    private volatile boolean submitted;

    Outlet(Connection connection, ClientQueue queue, BufferPool pool, ShardLoop loop, int shard) {
        this.connection = connection;
        this.queue = queue;
        this.pool = pool;
        this.loop = loop;
        this.shard = shard;
        this.staging = new Staging(pool);
    }

    @Nullable
    Session session() {
        return session;
    }

    void attached(Session attached) {
        session = attached;
    }

    ShardLoop loop() {
        return loop;
    }

    /** By the writer: the queue has room again. */
    void queueDrained() {
        if (starved && !submitted) {
            submitted = true;
            starved = false;
            if (!loop.submit(this)) {
                submitted = false;
                starved = true;
            }
        }
    }

    @Override
    public Outcome run(Turn turn) {
        submitted = false;
        if (session != null) {
            turn.shard().drained(session);
        }
        return Outcome.DONE;
    }

    @Override
    public void welcome(Session opened, long number, int backlog, long serverTimeMillis) {
        session = opened;
        ServerFrames.welcome(
                staging.room(ServerFrames.WELCOME_BYTES),
                global(number),
                opened.firstId(),
                backlog,
                connection.options().frameLimit(),
                connection.options().heartbeatSeconds(),
                serverTimeMillis);
    }

    private long global(long number) {
        return number << SHARD_BITS | shard;
    }

    /** Of the session, as WELCOME says; 0 if there is none. */
    long number() {
        Session opened = session;
        return opened == null ? 0 : global(opened.number());
    }

    /** Whose session it is; empty if there is none. */
    String user() {
        Session opened = session;
        return opened == null ? "" : new String(opened.userName(), StandardCharsets.UTF_8);
    }

    @Override
    public void accepted(long id, int count) {
        stored = id;
        answered += count;
    }

    @Override
    public void rejected(long id, RejectCode code, String reason) {
        answers += ServerFrames.rejectedSize(reason.length());
        ServerFrames.rejected(staging.room(ServerFrames.rejectedSize(reason.length())), id, code, reason);
        answered++;
        if (code == RejectCode.INBOX_FULL) {
            connection
                    .events()
                    .at(LOG, Event.INBOX_FULL)
                    .addKeyValue("user", this::user)
                    .addKeyValue("session", this::number)
                    .log();
        }
    }

    @Override
    public boolean hasRoom(int frameBytes) {
        if (staging.hasEnded()) {
            return false;
        }
        int waiting = staging.bytes() + queue.bytes();
        boolean fits = waiting + frameBytes <= SMALL_ALLOWANCE
                || (waiting + frameBytes <= LARGE_ALLOWANCE && pool.isRoomy())
                || (waiting == 0 && pool.largeAvailable() > frameBytes / BufferPool.LARGE);
        if (!fits) {
            starved = true;
        }
        return fits;
    }

    @Override
    public boolean isShortOfMemory() {
        return starved && !staging.hasEnded() && staging.bytes() == 0 && queue.bytes() == 0;
    }

    @Override
    public int unacknowledged() {
        return connection.unacknowledged();
    }

    @Override
    public int acknowledgedAhead() {
        return connection.acknowledgedAhead();
    }

    @Override
    public int queuedBytes() {
        return staging.bytes() + queue.bytes();
    }

    @Override
    public boolean isCongested() {
        int waiting = staging.bytes() + queue.bytes();
        if (waiting == 0) {
            answers = 0;
        } else if (connection.unacknowledged() > 0) {
            // It may have a long time's messages waiting, and is heard all the same.
            waiting = Math.min(waiting, answers);
        }
        return waiting > ANSWERS && (waiting > ANSWERS_ROOMY || !pool.isRoomy());
    }

    @Override
    public void deliver(
            long seq,
            long id,
            long acceptedAt,
            int flags,
            byte[] sender,
            ByteBuffer source,
            int bodyStart,
            int bodyLength) {
        ByteBuffer out = staging.room(ServerFrames.deliverSize(sender.length, 0));
        ServerFrames.deliverHeader(out, seq, id, acceptedAt, flags, sender.length, bodyLength);
        out.put(sender);
        staging.put(source, bodyStart, bodyLength);
    }

    @Override
    public void deliver(
            long seq,
            long id,
            long acceptedAt,
            int flags,
            ByteBuffer source,
            int senderStart,
            int senderLength,
            int bodyLength) {
        ByteBuffer out = staging.room(ServerFrames.deliverSize(senderLength, 0));
        ServerFrames.deliverHeader(out, seq, id, acceptedAt, flags, senderLength, bodyLength);
        staging.put(source, senderStart, senderLength + bodyLength);
    }

    @Override
    public void presence(int tag, PresenceState state, long lastSeenMillis, byte[] user) {
        answers += ServerFrames.presenceSize(user.length);
        ServerFrames.presence(staging.room(ServerFrames.presenceSize(user.length)), tag, state, lastSeenMillis, user);
    }

    @Override
    public void signalled(byte[] sender, ByteBuffer source, int bodyStart, int bodyLength) {
        ByteBuffer out = staging.room(ServerFrames.signalledSize(sender.length, 0));
        ServerFrames.signalledHeader(out, sender, bodyLength);
        staging.put(source, bodyStart, bodyLength);
    }

    @Override
    public void pong(long opaque) {
        answers += ServerFrames.PONG_BYTES;
        ServerFrames.pong(staging.room(ServerFrames.PONG_BYTES), opaque);
    }

    @Override
    public void goodbye(GoodbyeCode code, int retryAfterMillis, String reason) {
        Ending.tell(connection.events(), connection, this, code, reason);
        staging.end();
        ServerFrames.goodbye(staging.room(ServerFrames.goodbyeSize(reason.length())), code, retryAfterMillis, reason);
    }

    /** Hands over what is staged, and only then what it means for ACCEPTED. */
    @Override
    public void release() {
        boolean ended = staging.hasEnded();
        if (!ended && connection.isEnding()) {
            // Another shard has said goodbye, and nothing comes after that.
            staging.discard();
            return;
        }
        int said = staging.bytes();
        boolean offered = staging.offerFull(queue) && (ended || staging.offerBegun(queue));
        if (offered && answered > 0) {
            connection.answered(shard, answered, stored);
            answered = 0;
            stored = 0;
        }
        if (offered && ended) {
            offered = staging.offerBegun(queue);
            if (offered) {
                connection.endAfterFlush();
            }
        }
        if (!offered) {
            starved = true;
        }
        connection.flush();
        if (ended) {
            connection.ending();
        } else if (starved && staging.bytes() < said && queue.isIdle()) {
            // Something went into the queue, and is out again: who wrote it may have looked before this was starved.
            queueDrained();
        }
    }

    /** When nobody can be owner any more, or as the owner: gives back what is staged. */
    void discard() {
        staging.discard();
    }
}
