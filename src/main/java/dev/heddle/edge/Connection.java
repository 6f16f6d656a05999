package dev.heddle.edge;

import dev.heddle.routing.Command;
import dev.heddle.routing.Router;
import dev.heddle.routing.ShardLoop;
import dev.heddle.routing.Turn;
import dev.heddle.shard.Outcome;
import dev.heddle.shard.Session;
import dev.heddle.wire.ClientFrame;
import dev.heddle.wire.FrameCursor;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.ServerFrames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection. Its virtual thread reads, hands what it read to the shards, and waits until they have handled it:
 * so one read at a time is under way, and a sender that is too fast is slowed by TCP. The poller's thread looks at its
 * deadlines; any thread may write out what is queued.
 *
 * <p>It holds no buffer while nothing is under way.
 *
 * <pre>
 *   NEW -- LOGIN read --> LOGGING_IN -- WELCOME --> OPEN -- GOODBYE written, or nobody there --> ENDING --> CLOSED
 *    |                        |                                                                    ^
 *    +------------------------+--------- bad LOGIN, login deadline --------------------------------+
 * </pre>
 */
final class Connection implements Runnable {
    private static final int NEW = 0;
    private static final int LOGGING_IN = 1;
    private static final int OPEN = 2;
    private static final int ENDING = 3;
    private static final int CLOSED = 4;

    /** What a thread that has other things to do writes at most before it leaves the rest to a writer. */
    private static final int INLINE_BYTES = 16 * 1024;

    private static final int WRITER_BYTES = 128 * 1024;

    /** How long a client gets to read its GOODBYE. */
    private static final long LINGER_NANOS = 2_000_000_000L;

    private static final long SECOND_NANOS = 1_000_000_000L;

    /** How long to stand off from a ring that is full. */
    private static final long FULL_RING_NANOS = 100_000;

    private static final byte[] NOBODY = new byte[0];

    private final Edge edge;
    private final SocketChannel channel;
    private final ClientQueue queue;
    private final AtomicInteger phase = new AtomicInteger(NEW);
    private final AtomicInteger underWay = new AtomicInteger();
    private final long acceptedNanos;

    /** The poller's: which timer is this connection's; 0: none. */
    long timer;

    private @Nullable SelectionKey key;
    private @Nullable Thread reader;

    private volatile boolean readable;
    private volatile boolean flushThenEnd;
    private volatile boolean waitsForRoom;
    private volatile long lastReadNanos;
    private volatile long endingNanos;
    private volatile Outcome outcome = Outcome.DONE;

    // The reader's, and the shards' owners' through a submitted command.
    private @Nullable ByteBuffer in;
    private boolean wantsLarge;
    private byte[] user = NOBODY;
    private int home;
    private @Nullable Batch[] batches = NONE;
    private @Nullable Finished finishedIds;

    private static final @Nullable Batch[] NONE = new @Nullable Batch[0];

    Connection(Edge edge, SocketChannel channel, long nanos) {
        this.edge = edge;
        this.channel = channel;
        this.queue = new ClientQueue(channel, edge.pool());
        this.acceptedNanos = nanos;
        this.lastReadNanos = nanos;
    }

    void start(SelectionKey registered, Thread thread) {
        key = registered;
        reader = thread;
        thread.start();
    }

    EdgeOptions options() {
        return edge.options();
    }

    int home() {
        return home;
    }

    /** The session in its user's own shard; there is one once LOGIN was answered. */
    Session session() {
        Session opened = batch(home).outlet().session();
        if (opened == null) {
            throw new IllegalStateException("not logged in");
        }
        return opened;
    }

    // ---- the reader ----

    @Override
    public void run() {
        try {
            while (phase.get() < ENDING && fill() && handle()) {
                // on to the next read
            }
            if (phase.get() == ENDING) {
                linger();
            }
        } catch (IOException gone) {
            // The client went without a word, which is its right.
        } finally {
            close();
        }
    }

    /** Reads what there is, or waits for it; false at the end of the stream. */
    private boolean fill() throws IOException {
        while (phase.get() < ENDING) {
            ByteBuffer buffer = in == null ? acquire() : in;
            in = buffer;
            int room = buffer.remaining();
            int count = channel.read(buffer);
            if (count < 0) {
                return false;
            }
            if (count > 0) {
                wantsLarge = count == room;
                lastReadNanos = edge.nanos();
                return true;
            }
            if (buffer.position() == 0) {
                edge.release(buffer);
                in = null;
            }
            awaitReadable();
        }
        return false;
    }

    private void awaitReadable() throws IOException {
        readable = false;
        try {
            edge.poller().awaitReadable(key());
        } catch (CancelledKeyException gone) {
            throw new ClosedChannelException();
        }
        int before = phase.get();
        while (!readable && phase.get() == before) {
            LockSupport.park(this);
        }
    }

    private ByteBuffer acquire() {
        BufferPool pool = edge.pool();
        ByteBuffer buffer = wantsLarge && pool.isRoomy() ? pool.large() : null;
        if (buffer == null) {
            buffer = pool.small();
        }
        return buffer == null ? ByteBuffer.allocate(BufferPool.SMALL + 1) : buffer;
    }

    /** Handles every whole frame in the buffer; false if the connection is to end. */
    private boolean handle() throws IOException {
        ByteBuffer buffer = in;
        if (buffer == null) {
            return true;
        }
        int from = 0;
        int to = buffer.position();
        if (phase.get() == NEW) {
            from = login(buffer, to);
            if (from == 0) {
                return phase.get() == NEW && keep(buffer, 0, to);
            }
            if (phase.get() != OPEN) {
                return false;
            }
        }
        if (from < to && isWhole(buffer, from, to)) {
            from = work(buffer, from, to);
            if (from < 0) {
                return false;
            }
        }
        return keep(buffer, from, to);
    }

    /** True if a frame ends in there, or cannot be right. */
    private boolean isWhole(ByteBuffer buffer, int from, int to) {
        if (to - from < Protocol.LENGTH_BYTES) {
            return false;
        }
        long length = buffer.getInt(from) & 0xffffffffL;
        return length == 0 || length > options().frameLimit() || to - from - Protocol.LENGTH_BYTES >= length;
    }

    /** Keeps the part of a frame that is left, in a buffer that holds the whole frame. */
    private boolean keep(ByteBuffer buffer, int from, int to) {
        int left = to - from;
        if (left == 0) {
            edge.release(buffer);
            in = null;
            return true;
        }
        int needed = left < Protocol.LENGTH_BYTES ? Protocol.LENGTH_BYTES : buffer.getInt(from) + Protocol.LENGTH_BYTES;
        if (needed <= buffer.capacity()) {
            move(buffer, from, left, buffer);
            return true;
        }
        ByteBuffer larger = edge.assembly(needed);
        if (larger == null) {
            sayGoodbye(GoodbyeCode.OVERLOADED, "no memory for a frame of " + needed + " bytes");
            return false;
        }
        move(buffer, from, left, larger);
        edge.release(buffer);
        return true;
    }

    private void move(ByteBuffer source, int from, int length, ByteBuffer target) {
        target.position(0).limit(target.capacity());
        target.put(0, source, from, length);
        target.position(length);
        in = target;
    }

    /** Reads LOGIN; returns where the next frame begins, 0 if LOGIN is not whole yet or was no LOGIN. */
    private int login(ByteBuffer buffer, int to) throws IOException {
        FrameCursor cursor = new FrameCursor(options().frameLimit());
        cursor.wrap(buffer, 0, to);
        switch (cursor.next()) {
            case INCOMPLETE -> {
                return 0;
            }
            case ZERO_LENGTH -> {
                return refuse(GoodbyeCode.MALFORMED, "a frame of length 0");
            }
            case TOO_LARGE -> {
                return refuse(GoodbyeCode.FRAME_TOO_LARGE, "a frame above the limit");
            }
            case FRAME -> {}
        }
        ClientFrame frame = new ClientFrame();
        if (cursor.type() != Protocol.LOGIN) {
            boolean known = ClientFrame.isKnown(cursor.type());
            return refuse(known ? GoodbyeCode.LOGIN_REQUIRED : GoodbyeCode.MALFORMED, "LOGIN comes first");
        }
        if (cursor.bodyEnd() > cursor.bodyStart() && (buffer.get(cursor.bodyStart()) & 0xff) != Protocol.VERSION) {
            return refuse(GoodbyeCode.UNSUPPORTED_VERSION, "this server speaks version " + Protocol.VERSION);
        }
        if (!frame.parse(buffer, cursor.type(), cursor.bodyStart(), cursor.bodyEnd()) || !frame.nameValid()) {
            return refuse(GoodbyeCode.MALFORMED, "not a LOGIN of this protocol");
        }
        if (phase.compareAndSet(NEW, LOGGING_IN)) {
            enter(frame);
        }
        return cursor.consumed();
    }

    private int refuse(GoodbyeCode code, String reason) {
        sayGoodbye(code, reason);
        return 0;
    }

    private void enter(ClientFrame frame) {
        Router router = edge.router();
        user = frame.name();
        home = router.shardOf(frame.buffer(), frame.nameStart(), frame.nameLength());
        batches = new @Nullable Batch[router.shards()];
        if (router.shards() > 1) {
            finishedIds = new Finished(router.shards(), queue::accepted);
        }
        long cursor = frame.cursor();
        Outlet outlet = batch(home).outlet();
        await(home, new Command() {
            @Override
            public Outcome run(Turn turn) {
                return turn.shard().login(outlet, user, cursor, turn.mayLoad());
            }

            @Override
            public void finished(Outcome ended) {
                batchFinished(ended);
            }
        });
        phase.compareAndSet(LOGGING_IN, outcome == Outcome.ENDED ? ENDING : OPEN);
    }

    private Batch batch(int shard) {
        Batch batch = batches[shard];
        if (batch == null) {
            ShardLoop loop = edge.router().loop(shard);
            Outlet outlet = new Outlet(this, queue, edge.pool(), loop, shard);
            batch = new Batch(this, outlet, edge.router(), shard);
            batches[shard] = batch;
        }
        return batch;
    }

    /** Has the shards handle what was read; returns where the rest begins, or -1 if the connection is to end. */
    private int work(ByteBuffer buffer, int from, int to) {
        if (finishedIds != null) {
            return workApart(finishedIds, buffer, from, to);
        }
        Batch atHome = batch(home);
        return work(atHome, home, buffer, from, to) ? atHome.handled() : -1;
    }

    /**
     * As {@link #work(ByteBuffer, int, int)}, with several shards at it: each is told of before any of them begins. The user's own
     * comes last, so that LOGOUT and goodbyes come after what was sent before them.
     */
    private int workApart(Finished ids, ByteBuffer buffer, int from, int to) {
        FrameCursor cursor = new FrameCursor(options().frameLimit());
        ClientFrame frame = new ClientFrame();
        long involved = 0;
        cursor.wrap(buffer, from, to);
        while (cursor.next() == FrameCursor.Step.FRAME) {
            if (!frame.parse(buffer, cursor.type(), cursor.bodyStart(), cursor.bodyEnd())) {
                break;
            }
            if (cursor.type() >= Protocol.SEND && cursor.type() <= Protocol.SIGNAL && cursor.type() != Protocol.ACK) {
                int shard = edge.router().shardOf(buffer, frame.nameStart(), frame.nameLength());
                involved |= 1L << shard;
                if (cursor.type() == Protocol.SEND) {
                    ids.sent(shard);
                }
            }
        }
        for (int shard = 0; shard < batches.length; shard++) {
            if (shard != home && (involved & 1L << shard) != 0 && !work(batch(shard), shard, buffer, from, to)) {
                return -1;
            }
        }
        Batch atHome = batch(home);
        return work(atHome, home, buffer, from, to) ? atHome.handled() : -1;
    }

    /** Has one shard handle its part; false if the connection is to end. */
    private boolean work(Batch batch, int shard, ByteBuffer buffer, int from, int to) {
        batch.fill(buffer, from, to);
        do {
            await(shard, batch);
        } while (outcome == Outcome.CONGESTED && awaitRoom());
        return outcome != Outcome.ENDED && outcome != Outcome.CONGESTED;
    }

    private void await(int shard, Command command) {
        underWay.set(1);
        while (!edge.router().loop(shard).submit(command)) {
            LockSupport.parkNanos(this, FULL_RING_NANOS);
        }
        while (underWay.get() != 0) {
            LockSupport.park(this);
        }
    }

    void batchFinished(Outcome ended) {
        outcome = ended;
        underWay.set(0);
        wakeReader();
    }

    /** Waits until the client has read its answers; false if it is gone. */
    private boolean awaitRoom() {
        waitsForRoom = true;
        while (queue.bytes() > 0 && phase.get() < ENDING) {
            LockSupport.park(this);
        }
        waitsForRoom = false;
        return phase.get() < ENDING;
    }

    private void wakeReader() {
        Thread thread = reader;
        if (thread != null && thread != Thread.currentThread()) {
            LockSupport.unpark(thread);
        }
    }

    // ---- the poller ----

    void readable() {
        readable = true;
        wakeReader();
    }

    void writable() {
        if (queue.resume()) {
            startWriter();
        }
    }

    /** What is due at this time; returns after how many nanoseconds to ask again, 0: never. */
    long due(long now) {
        return switch (phase.get()) {
            case NEW -> loginDue(now);
            case LOGGING_IN -> LINGER_NANOS;
            case OPEN -> heartbeatDue(now);
            case ENDING -> lingerDue(now);
            default -> 0;
        };
    }

    private long loginDue(long now) {
        long ends = acceptedNanos + options().loginSeconds() * SECOND_NANOS;
        if (now - ends < 0) {
            // Once it is logged in, silence is looked for no later than this.
            return Math.min(ends - now, silenceNanos());
        }
        if (phase.compareAndSet(NEW, LOGGING_IN)) {
            sayGoodbye(GoodbyeCode.LOGIN_TIMEOUT, "no LOGIN in time");
        }
        return LINGER_NANOS;
    }

    private long heartbeatDue(long now) {
        long ends = lastReadNanos + silenceNanos();
        if (now - ends < 0) {
            return ends - now;
        }
        if (waitsForRoom) {
            // It is we who do not listen, until the client has read its answers.
            return silenceNanos();
        }
        end(GoodbyeCode.IDLE, 0, "nothing heard for two heartbeats");
        return LINGER_NANOS;
    }

    private long silenceNanos() {
        return 2L * options().heartbeatSeconds() * SECOND_NANOS;
    }

    private long lingerDue(long now) {
        if (endingNanos == 0) {
            endingNanos = now;
        }
        long left = endingNanos + LINGER_NANOS - now;
        if (left <= 0) {
            abandon();
        }
        return Math.max(0, left);
    }

    /** Ends the session, as the shard's command; any thread. */
    void end(GoodbyeCode code, int retryAfterMillis, String reason) {
        if (phase.get() == NEW) {
            if (phase.compareAndSet(NEW, LOGGING_IN)) {
                sayGoodbye(code, reason);
            }
            return;
        }
        Batch batch = batches.length == 0 ? null : batches[home];
        if (batch == null || phase.get() != OPEN) {
            return;
        }
        Outlet outlet = batch.outlet();
        boolean taken = outlet.loop().submit(turn -> {
            Session session = outlet.session();
            if (session != null) {
                turn.shard().end(session, code, retryAfterMillis, reason);
            }
            return Outcome.DONE;
        });
        if (!taken) {
            abandon();
        }
    }

    // ---- whoever writes ----

    /** The shard has answered so many SENDs, and stored all that it did not reject up to this id; 0: it stored none. */
    void answered(int shard, int count, long id) {
        if (finishedIds != null) {
            finishedIds.answered(shard, count, id);
        } else if (id != 0) {
            queue.accepted(id);
        }
    }

    /** Writes out what is queued, if that is quick; otherwise has it written. */
    void flush() {
        if (queue.take()) {
            write(INLINE_BYTES);
        }
    }

    private void write(int share) {
        try {
            ClientQueue.Pass pass = queue.write(share);
            while (pass == ClientQueue.Pass.MORE && share == WRITER_BYTES) {
                roomAgain();
                pass = queue.write(share);
            }
            roomAgain();
            switch (pass) {
                case BLOCKED -> edge.poller().awaitWritable(key());
                case MORE -> startWriter();
                case DONE -> {
                    if (flushThenEnd && queue.isIdle()) {
                        finish();
                    }
                }
            }
        } catch (IOException gone) {
            queue.fail();
            abandon();
        } catch (CancelledKeyException gone) {
            // Nobody will say that it is writable again, and who closed it may have left the queue to this writer.
            if (queue.resume()) {
                queue.fail();
            }
            abandon();
        }
    }

    private void startWriter() {
        Thread.ofVirtual().name("heddle-writer").start(() -> write(WRITER_BYTES));
    }

    private void roomAgain() {
        if (waitsForRoom) {
            wakeReader();
        }
        for (Batch batch : batches) {
            if (batch != null) {
                batch.outlet().queueDrained();
            }
        }
    }

    /** GOODBYE is queued: the connection ends when it is written. */
    void endAfterFlush() {
        flushThenEnd = true;
        if (queue.isIdle()) {
            finish();
        }
    }

    /** A GOODBYE that no shard has to know of: there is no session yet. */
    private void sayGoodbye(GoodbyeCode code, String reason) {
        ByteBuffer chunk = ByteBuffer.allocate(ServerFrames.goodbyeSize(reason.length()));
        ServerFrames.goodbye(chunk, code, 0, reason);
        if (phase.get() == OPEN) {
            end(code, 0, reason);
            return;
        }
        boolean queued = queue.offer(new Chunk(chunk.flip()));
        flushThenEnd = true;
        if (!queued) {
            abandon();
        } else {
            flush();
        }
        phase.set(Math.max(phase.get(), ENDING));
        wakeReader();
    }

    /** All is said: no more from us, and the reader lets the client finish. */
    private void finish() {
        int now = phase.get();
        if (now < CLOSED) {
            phase.compareAndSet(now, ENDING);
            try {
                channel.shutdownOutput();
            } catch (IOException gone) {
                // Then there is nobody to tell.
            }
            wakeReader();
        }
    }

    /** Reads and drops what the client still sends, so that closing does not take its GOODBYE away from it. */
    private void linger() throws IOException {
        ByteBuffer waste = in == null ? acquire() : in;
        in = waste;
        while (phase.get() == ENDING) {
            int count = channel.read(waste.clear());
            if (count < 0) {
                return;
            }
            if (count == 0) {
                awaitReadable();
            }
        }
    }

    /** Ends at once: the socket is of no more use. */
    void abandon() {
        phase.set(CLOSED);
        try {
            channel.close();
        } catch (IOException ignored) {
            // It is gone either way.
        }
        wakeReader();
    }

    /** The reader's last act. */
    private void close() {
        abandon();
        ByteBuffer buffer = in;
        in = null;
        if (buffer != null) {
            edge.release(buffer);
        }
        for (int shard = 0; shard < batches.length; shard++) {
            Batch batch = batches[shard];
            if (batch != null) {
                Outlet outlet = batch.outlet();
                await(shard, new Command() {
                    @Override
                    public Outcome run(Turn turn) {
                        Session session = outlet.session();
                        if (session != null) {
                            turn.shard().close(session);
                        }
                        outlet.discard();
                        return Outcome.DONE;
                    }

                    @Override
                    public void finished(Outcome ended) {
                        batchFinished(ended);
                    }
                });
            }
        }
        queue.die();
        edge.closed(this);
        edge.poller().watch(this);
    }

    private SelectionKey key() {
        SelectionKey registered = key;
        if (registered == null) {
            throw new IllegalStateException("not started");
        }
        return registered;
    }
}
