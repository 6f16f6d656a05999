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
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection's place in one shard: what the shard says to the client is encoded here into pooled chunks, and handed to the
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

    private @Nullable Session session;
    /** What hangs together and ends with {@link #open}, the chunk that is being filled. */
    private @Nullable Chunk begun;

    private @Nullable Chunk open;
    private @Nullable ArrayDeque<Chunk> full;
    private int fullBytes;
    private boolean generous;
    private boolean ended;
    /** Something went into the queue in this release, so that a writer will say when it is out again. */
    private boolean queued;

    /** SENDs answered by what is staged, and the highest id among them that was stored; 0: none. */
    private int answered;

    private long stored;

    /** Set by the owner when something did not fit, cleared by whoever then submits this. */
    private volatile boolean starved;

    private volatile boolean submitted;

    Outlet(Connection connection, ClientQueue queue, BufferPool pool, ShardLoop loop, int shard) {
        this.connection = connection;
        this.queue = queue;
        this.pool = pool;
        this.loop = loop;
        this.shard = shard;
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
                room(ServerFrames.WELCOME_BYTES),
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
        ServerFrames.rejected(room(ServerFrames.rejectedSize(reason.length())), id, code, reason);
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
        if (ended) {
            return false;
        }
        int waiting = staged() + queue.bytes();
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
        return starved && !ended && staged() == 0 && queue.bytes() == 0;
    }

    @Override
    public int queuedBytes() {
        return staged() + queue.bytes();
    }

    @Override
    public boolean isCongested() {
        int waiting = staged() + queue.bytes();
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
        ByteBuffer out = room(ServerFrames.deliverSize(sender.length, 0));
        ServerFrames.deliverHeader(out, seq, id, acceptedAt, flags, sender.length, bodyLength);
        out.put(sender);
        put(source, bodyStart, bodyLength);
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
        ByteBuffer out = room(ServerFrames.deliverSize(senderLength, 0));
        ServerFrames.deliverHeader(out, seq, id, acceptedAt, flags, senderLength, bodyLength);
        put(source, senderStart, senderLength + bodyLength);
    }

    @Override
    public void presence(int tag, PresenceState state, long lastSeenMillis, byte[] user) {
        ServerFrames.presence(room(ServerFrames.presenceSize(user.length)), tag, state, lastSeenMillis, user);
    }

    @Override
    public void signalled(byte[] sender, ByteBuffer source, int bodyStart, int bodyLength) {
        ByteBuffer out = room(ServerFrames.signalledSize(sender.length, 0));
        ServerFrames.signalledHeader(out, sender, bodyLength);
        put(source, bodyStart, bodyLength);
    }

    @Override
    public void pong(long opaque) {
        ServerFrames.pong(room(ServerFrames.PONG_BYTES), opaque);
    }

    @Override
    public void goodbye(GoodbyeCode code, int retryAfterMillis, String reason) {
        Ending.tell(connection.events(), connection, this, code, reason);
        setAside();
        ended = true;
        ServerFrames.goodbye(room(ServerFrames.goodbyeSize(reason.length())), code, retryAfterMillis, reason);
    }

    /** A buffer that takes this many bytes in one piece; at most some hundred. */
    private ByteBuffer room(int size) {
        Chunk chunk = open;
        if (chunk == null || begun == null || chunk.bytes.remaining() < size) {
            setAside();
            chunk = next();
        }
        return chunk.bytes;
    }

    /** What was said up to here ends with a frame, and hangs together with nothing that comes. */
    private void setAside() {
        if (begun != null) {
            full = full == null ? new ArrayDeque<>() : full;
            full.add(begun);
            begun = null;
        }
    }

    private void put(ByteBuffer source, int start, int length) {
        int from = start;
        int left = length;
        Chunk chunk = open == null ? next() : open;
        while (left > 0) {
            if (!chunk.bytes.hasRemaining()) {
                chunk = next();
            }
            ByteBuffer bytes = chunk.bytes;
            int part = Math.min(left, bytes.remaining());
            bytes.put(bytes.position(), source, from, part);
            bytes.position(bytes.position() + part);
            from += part;
            left -= part;
        }
    }

    private Chunk next() {
        Chunk filled = open;
        if (filled != null) {
            fullBytes += filled.bytes.flip().remaining();
        }
        ByteBuffer bytes = (filled != null || generous) && !ended ? pool.large() : null;
        if (bytes == null) {
            bytes = pool.small();
        }
        if (bytes == null) {
            // Both used up in the moment since hasRoom looked: what is under way is finished on the heap.
            bytes = ByteBuffer.allocate(BufferPool.SMALL + 1);
        }
        Chunk chunk = new Chunk(bytes, ended);
        if (begun == null) {
            begun = chunk;
        } else if (filled != null) {
            filled.next = chunk;
        }
        open = chunk;
        return chunk;
    }

    /** Bytes said and not yet queued. */
    private int staged() {
        return open == null ? fullBytes : fullBytes + open.bytes.position();
    }

    /**
     * Hands over what is staged, and only then what it means for ACCEPTED. A chunk that is not full waits here while another one
     * waits in the queue: so a client that does not read holds a few small chunks, however often something is said to it.
     */
    @Override
    public void release() {
        if (!ended && connection.isEnding()) {
            // Another shard has said goodbye, and nothing comes after that.
            discard();
            return;
        }
        generous = staged() > BufferPool.SMALL;
        queued = false;
        boolean offered = offerFull() && (ended || offerBegun());
        if (offered && answered > 0) {
            connection.answered(shard, answered, stored);
            answered = 0;
            stored = 0;
        }
        if (offered && ended) {
            offered = offerBegun();
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
        } else if (starved && queued && queue.isIdle()) {
            queueDrained();
        }
    }

    private boolean offerFull() {
        while (full != null && !full.isEmpty()) {
            int size = full.getFirst().remaining();
            if (!queue.offer(full.getFirst())) {
                return false;
            }
            queued = true;
            full.removeFirst();
            fullBytes -= size;
        }
        full = null;
        return true;
    }

    private boolean offerBegun() {
        Chunk chunk = open;
        if (chunk == null || begun == null) {
            return true;
        }
        ByteBuffer bytes = chunk.bytes;
        if (!chunk.goodbye && chunk.equals(begun) && queue.hasChunks() && bytes.remaining() > bytes.capacity() / 4) {
            return false;
        }
        bytes.flip();
        if (!queue.offer(begun)) {
            bytes.position(bytes.limit()).limit(bytes.capacity());
            return false;
        }
        queued = true;
        begun = null;
        open = null;
        fullBytes = 0;
        return true;
    }

    /** When nobody can be owner any more, or as the owner: gives back what is staged. */
    void discard() {
        if (full != null) {
            full.forEach(chunk -> chunk.release(pool));
            full = null;
        }
        if (begun != null) {
            begun.release(pool);
            begun = null;
        }
        open = null;
        fullBytes = 0;
    }
}
