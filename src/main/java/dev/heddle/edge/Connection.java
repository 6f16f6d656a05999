package dev.heddle.edge;

import dev.heddle.auth.Verdict;
import dev.heddle.events.Event;
import dev.heddle.events.EventLog;
import dev.heddle.wire.ClientFrame;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.ServerFrames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection. Its virtual thread, the reader, reads, hands what it read to the shards, and waits until they have
 * handled it: so one read at a time is under way, and a sender that is too fast is slowed by TCP. A reader of a logged-in client
 * ends when there is nothing more to read, because most of what an idle connection would cost is its thread; the next one is
 * started when something comes. If it comes alone the poller's thread takes the turn instead, for as long as there is nothing
 * to wait for. The poller looks at
 * its deadlines, too; any thread may write out what is queued.
 *
 * <p>It holds no buffer while nothing is under way.
 *
 * <pre>
 *   NEW -- LOGIN read --> LOGGING_IN -- WELCOME --> OPEN -- GOODBYE written, or nobody there --> ENDING --> CLOSED
 *    |                        |                                                                    ^
 *    +------------------------+--------- bad LOGIN, login deadline --------------------------------+
 * </pre>
 */
final class Connection extends TimerWheel.Entry implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    private static final int NEW = 0;
    private static final int LOGGING_IN = 1;
    private static final int OPEN = 2;
    private static final int ENDING = 3;
    private static final int CLOSED = 4;

    /** The reader's turn. */
    private static final int READER = 0;
    /** The reader waits for something to read: the poller may take the turn, or the reader take it back. */
    private static final int OFFERED = 1;
    /** There is no reader, and nothing to read: the poller may take the turn, or whoever starts a reader. */
    private static final int FREE = 2;
    /** The poller's turn. */
    private static final int POLLER = 3;

    private static final AtomicIntegerFieldUpdater<Connection> TURN =
            AtomicIntegerFieldUpdater.newUpdater(Connection.class, "turn");

    private static final int NOTHING = 0;
    private static final int READ = 1;
    private static final int BEGUN = 2;

    /** How long a client gets to read its GOODBYE. */
    private static final long LINGER_NANOS = 2_000_000_000L;

    /** How long to wait before asking again for memory that others have. */
    private static final long MEMORY_NANOS = 10_000_000L;

    private static final int RETRY_MILLIS = 1000;

    private static final long SECOND_NANOS = 1_000_000_000L;

    private final Edge edge;
    /** Those that it began with. */
    private final EdgeOptions options;

    private final SocketChannel channel;
    /** Null: what is read and written is the socket's own. */
    private final @Nullable TlsChannel tls;

    private final Origin origin;
    private final ClientQueue queue;
    private final Outflow out;
    private final Intake in;
    private final AtomicInteger phase = new AtomicInteger(NEW);
    private final AtomicInteger wishes = new AtomicInteger();
    private final long acceptedNanos;

    private @Nullable SelectionKey key;
    private volatile @Nullable Thread reader;

    /** Who may read and use what was read; taken from OFFERED and FREE by compare-and-set. */
    private volatile int turn = READER;

    /** Of whose turn it is: how far the poller came with what the reader is to go on with. */
    private int handed = NOTHING;

    /** It is not read from, for want of room for answers or because it was too fast. */
    private volatile boolean waits;

    private volatile long lastReadNanos;
    private volatile long endingNanos;

    /** Set before it is OPEN: when the token, and with it the session, ends. */
    private volatile long expiresNanos;

    /** Set by the reader, once: null before LOGIN. */
    private volatile @Nullable Dispatch dispatch;

    /** @param handshakes null: the client speaks plain TCP */
    Connection(Edge edge, SocketChannel channel, Origin origin, @Nullable Handshakes handshakes, long nanos) {
        this.edge = edge;
        this.options = edge.options();
        this.channel = channel;
        this.origin = origin;
        Runnable tooSlow = () -> end(GoodbyeCode.OVERLOADED, RETRY_MILLIS, "a large frame that came too slowly");
        this.tls = handshakes == null ? null : new TlsChannel(channel, handshakes, edge, tooSlow);
        this.queue = new ClientQueue(stream(), edge.pool());
        this.in = new Intake(edge, tooSlow);
        this.out = new Outflow(this, queue);
        this.acceptedNanos = nanos;
        this.lastReadNanos = nanos;
    }

    /** Before anything else. */
    void registered(SelectionKey mine) {
        key = mine;
    }

    void start(SelectionKey mine) {
        registered(mine);
        startReader();
    }

    private void startReader() {
        Thread thread = Thread.ofVirtual().inheritInheritableThreadLocals(false).unstarted(this);
        reader = thread;
        thread.start();
    }

    EventLog events() {
        return edge.events();
    }

    /** Who is at the other end, for people. */
    String peer() {
        return peer(channel);
    }

    static String peer(SocketChannel channel) {
        try {
            return channel.getRemoteAddress() instanceof InetSocketAddress peer
                    ? peer.getAddress().getHostAddress() + ":" + peer.getPort()
                    : "";
        } catch (IOException gone) {
            return "";
        }
    }

    EdgeOptions options() {
        return options;
    }

    Origin origin() {
        return origin;
    }

    private ByteChannel stream() {
        return tls == null ? channel : tls;
    }

    // ---- the reader ----

    @Override
    public void run() {
        boolean ends = true;
        try {
            ends = !converse();
            if (ends && phase.get() == OPEN) {
                part();
            }
            if (ends && phase.get() == ENDING) {
                linger();
                awaitWritten();
            }
        } catch (IOException gone) {
            // The client went without a word, which is its right.
        } finally {
            if (ends) {
                close();
            }
        }
    }

    /** Reads and handles; true if there is nothing more now, and the turn is free, false if the connection is to end. */
    private boolean converse() throws IOException {
        while (phase.get() < ENDING) {
            int count = handed == NOTHING ? read() : 1;
            if (count < 0 || (count > 0 && !handle())) {
                return false;
            }
            if (count == 0 && phase.get() != OPEN) {
                awaitReadable();
            } else if (count == 0 && leave()) {
                return true;
            }
        }
        return false;
    }

    private int read() throws IOException {
        int count = in.read(stream());
        if (count > 0) {
            lastReadNanos = edge.nanos();
        }
        return count;
    }

    /**
     * Frees the turn, and has the poller look for something to read; false if there is something else to do. After it was freed
     * there may be another reader already.
     */
    private boolean leave() {
        turn = FREE;
        if (phase.get() != OPEN && TURN.compareAndSet(this, FREE, READER)) {
            return false;
        }
        edge.poller().ask(this, Poller.READ);
        return true;
    }

    /** The client has said its last word: it is told what became of all it said. */
    private void part() {
        Dispatch shards = dispatch;
        if (shards != null) {
            shards.settle();
        }
        ending();
    }

    private void awaitWritten() {
        waits = true;
        while (!queue.isIdle() && phase.get() == ENDING) {
            LockSupport.park(this);
        }
        waits = false;
    }

    /** Any thread: the last word is said, or on its way. Nothing more is handled, and what is left has two seconds. */
    void ending() {
        int now = phase.get();
        if (now < ENDING && phase.compareAndSet(now, ENDING)) {
            edge.poller().ask(this, Poller.WATCH);
            wakeReader();
        }
    }

    boolean isEnding() {
        return phase.get() >= ENDING;
    }

    /** Offers the turn, and has it again when this returns. */
    private void awaitReadable() {
        int before = phase.get();
        turn = OFFERED;
        edge.poller().ask(this, tls != null && tls.wantsOut() ? Poller.WRITE : Poller.READ);
        while (turn != READER && !(phase.get() != before && TURN.compareAndSet(this, OFFERED, READER))) {
            LockSupport.park(this);
        }
    }

    /** Handles every whole frame that was read; false if the connection is to end. */
    private boolean handle() throws IOException {
        int from = 0;
        if (phase.get() == NEW) {
            from = login(in.buffer(), in.length());
            if (from == 0) {
                return phase.get() == NEW && keep(0);
            }
            holdBack();
        }
        Dispatch shards = dispatch;
        if (phase.get() != OPEN || shards == null) {
            return false;
        }
        boolean begun = handed == BEGUN;
        handed = NOTHING;
        if (begun) {
            from = shards.finish();
        } else if (in.isWhole(from)) {
            from = shards.work(in.buffer(), from, in.length());
        }
        if (from < 0 || !keep(from)) {
            return false;
        }
        holdBack();
        return true;
    }

    /** Who was too fast is not heard for a while. */
    private void holdBack() {
        Dispatch shards = dispatch;
        int millis = shards == null ? 0 : shards.takeHeldMillis();
        if (millis == 0) {
            return;
        }
        in.readLess();
        waits = true;
        long until = edge.nanos() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (phase.get() == OPEN && until - edge.nanos() > 0) {
            LockSupport.parkNanos(this, until - edge.nanos());
        }
        lastReadNanos = edge.nanos();
        waits = false;
    }

    /** Keeps the beginning of a frame; where there is no memory for it, waits until who takes too long has given it back. */
    private boolean keep(int from) {
        long since = edge.nanos();
        while (!in.keep(from)) {
            if (phase.get() >= ENDING) {
                return true;
            }
            if (edge.nanos() - since > 2L * options.loginSeconds() * SECOND_NANOS) {
                sayGoodbye(GoodbyeCode.OVERLOADED, RETRY_MILLIS, "no memory for so large a frame");
                return false;
            }
            LockSupport.parkNanos(this, MEMORY_NANOS);
        }
        return true;
    }

    /** Reads LOGIN; returns where the next frame begins, 0 if LOGIN is not whole yet or was no LOGIN. */
    private int login(ByteBuffer buffer, int to) throws IOException {
        FirstFrame first = FirstFrame.read(buffer, to, options.frameLimit());
        if (first == null) {
            return 0;
        }
        if (first.refusal() != null) {
            sayGoodbye(first.refusal(), 0, first.reason());
        } else if (first.login() != null && phase.compareAndSet(NEW, LOGGING_IN)) {
            if (awaitTurn()) {
                judge(first.login());
            }
        }
        return first.consumed();
    }

    /** Of one address so many log in a second: true when it is this one's turn, false if it is sent away. */
    private boolean awaitTurn() {
        long wait = edge.admission().turn(origin);
        if (wait == Origin.NOT_AT_ALL) {
            sayGoodbye(GoodbyeCode.OVERLOADED, RETRY_MILLIS, Admission.TOO_FAST);
            return false;
        }
        pauseUntil(edge.nanos() + wait);
        return phase.get() == LOGGING_IN;
    }

    private void judge(ClientFrame login) throws IOException {
        switch (edge.admission().judge(login.name(), login.body())) {
            case Verdict.Admitted admitted -> {
                expiresNanos = edge.nanos() + TimeUnit.MILLISECONDS.toNanos(admitted.validMillis());
                enter(login);
            }
            case Verdict.Refused refused -> refuse(login.name(), refused.reason());
        }
    }

    /** No shard hears of it, and the client only after a while: no later than it would have been waited for. */
    private void refuse(byte[] user, String reason) throws IOException {
        in.release();
        events().at(LOG, Event.LOGIN_REFUSED)
                .addKeyValue("user", () -> new String(user, StandardCharsets.UTF_8))
                .addKeyValue("from", this::peer)
                .addKeyValue("reason", reason)
                .log();
        pauseUntil(Math.min(
                edge.nanos() + edge.admission().refused(address()),
                acceptedNanos + options.loginSeconds() * SECOND_NANOS));
        if (phase.get() == LOGGING_IN) {
            sayGoodbye(GoodbyeCode.AUTH_FAILED, 0, reason);
        }
    }

    private InetAddress address() throws IOException {
        return ((InetSocketAddress) channel.getRemoteAddress()).getAddress();
    }

    private void pauseUntil(long until) {
        while (phase.get() == LOGGING_IN && !edge.isDraining() && until - edge.nanos() > 0) {
            LockSupport.parkNanos(this, until - edge.nanos());
        }
    }

    private void enter(ClientFrame frame) {
        byte[] user = frame.name();
        long cursor = frame.cursor();
        dispatchFrom(edge.router().shardOf(frame.buffer(), frame.nameStart(), frame.nameLength()));
        Dispatch shards = dispatch;
        // However many come at once: they wait for each other, and not those who are logged in for them.
        edge.logins().acquireUninterruptibly();
        boolean welcome;
        try {
            welcome = shards != null && shards.login(user, cursor);
        } finally {
            edge.logins().release();
        }
        if (phase.compareAndSet(LOGGING_IN, welcome ? OPEN : ENDING) && welcome) {
            if (expiresNanos - edge.nanos() < silenceNanos()) {
                edge.poller().ask(this, Poller.WATCH);
            }
            edge.opened(this);
        }
    }

    /** From now on there are shards to work for this connection; its user is at home in this one. */
    void dispatchFrom(int home) {
        dispatch = new Dispatch(this, queue, edge, home);
    }

    /** The reader's: waits until the client has read its answers; false if it is gone. */
    boolean awaitRoom() {
        waits = true;
        while (queue.bytes() > 0 && phase.get() < ENDING) {
            LockSupport.park(this);
        }
        waits = false;
        return phase.get() < ENDING;
    }

    /** Any thread: what was submitted is done. */
    void done() {
        // The poller looks for itself before it gives its turn to the reader.
        if (turn != POLLER) {
            wakeReader();
        }
    }

    /** Any thread: there is something to do. */
    void wakeReader() {
        if (turn == FREE && TURN.compareAndSet(this, FREE, READER)) {
            startReader();
            return;
        }
        Thread thread = reader;
        if (thread != null && thread != Thread.currentThread()) {
            LockSupport.unpark(thread);
        }
    }

    // ---- the poller ----

    /**
     * There is something to read. A reader is woken, or started; or, where little is going on, what there is is read and handled
     * here and now.
     *
     * @param alone whether this thread has nothing else to do
     * @return whether to call this again, without being asked for it
     */
    boolean readable(boolean alone) {
        int before = turn;
        if ((before != OFFERED && before != FREE) || !TURN.compareAndSet(this, before, POLLER)) {
            return false;
        }
        if (before == FREE && alone && tls == null && edge.router().shards() == 1 && readHere()) {
            turn = FREE;
            if (phase.get() != OPEN) {
                // Who ended it found that it was not free.
                wakeReader();
            }
            return true;
        }
        turn = READER;
        if (before == FREE) {
            startReader();
        } else {
            wakeReader();
        }
        return false;
    }

    /** Reads and handles; false if the reader has to go on, because there is something to wait for. */
    private boolean readHere() {
        Dispatch shards = dispatch;
        try {
            int count = in.read(channel);
            if (count <= 0) {
                return count == 0;
            }
            lastReadNanos = edge.nanos();
            handed = READ;
            if (shards == null || !in.isWhole(0)) {
                return false;
            }
            handed = BEGUN;
            boolean done = shards.begin(in.buffer(), 0, in.length());
            if (!done || shards.isHeld() || !in.keep(shards.handled())) {
                return false;
            }
            handed = NOTHING;
            return true;
        } catch (IOException gone) {
            abandon();
            return false;
        }
    }

    void writable() {
        out.writable();
        if (tls != null && tls.wantsOut()) {
            boolean _ = readable(false);
        }
    }

    /** What is due at this time; returns after how many nanoseconds to ask again, 0: never. */
    long due(long now) {
        return switch (phase.get()) {
            case NEW -> loginDue(now);
            case LOGGING_IN -> LINGER_NANOS;
            case OPEN -> openDue(now);
            case ENDING -> lingerDue(now);
            default -> 0;
        };
    }

    private long loginDue(long now) {
        long ends = acceptedNanos + options.loginSeconds() * SECOND_NANOS;
        if (now - ends < 0) {
            // Once it is logged in, silence is looked for no later than this.
            return Math.min(ends - now, silenceNanos());
        }
        if (phase.compareAndSet(NEW, LOGGING_IN)) {
            sayGoodbye(GoodbyeCode.LOGIN_TIMEOUT, 0, "no LOGIN in time");
        }
        return LINGER_NANOS;
    }

    private long openDue(long now) {
        long left = expiresNanos - now;
        if (left > 0) {
            return Math.min(left, heartbeatDue(now));
        }
        end(GoodbyeCode.AUTH_FAILED, 0, "the token has expired");
        return LINGER_NANOS;
    }

    private long heartbeatDue(long now) {
        long ends = lastReadNanos + silenceNanos();
        if (now - ends < 0) {
            return ends - now;
        }
        if (waits || (tls != null && tls.wantsOut())) {
            // It is we who do not listen.
            return silenceNanos();
        }
        end(GoodbyeCode.IDLE, 0, "nothing heard for two heartbeats");
        return LINGER_NANOS;
    }

    private long silenceNanos() {
        return 2L * options.heartbeatSeconds() * SECOND_NANOS;
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
                sayGoodbye(code, retryAfterMillis, reason);
            }
            return;
        }
        Dispatch shards = dispatch;
        if (shards == null) {
            // It may be waiting to hear that it may not come in.
            wakeReader();
        } else if (phase.get() == OPEN && !shards.end(code, retryAfterMillis, reason)) {
            abandon();
        }
    }

    // ---- whoever writes ----

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
        if (waits) {
            wakeReader();
        }
        Dispatch shards = dispatch;
        if (shards != null) {
            shards.queueDrained();
        }
    }

    /** GOODBYE is queued: the connection ends when it is written. */
    void endAfterFlush() {
        out.endAfterFlush();
    }

    /** A GOODBYE that no shard has to know of: there is no session yet. */
    private void sayGoodbye(GoodbyeCode code, int retryAfterMillis, String reason) {
        if (phase.get() == OPEN) {
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

    /** All is said: no more from us, and the reader lets the client finish. */
    void finish() {
        ending();
        edge.poller().ask(this, Poller.FINISH);
    }

    /** Reads and drops what the client still sends, so that closing does not take its GOODBYE away from it. */
    private void linger() throws IOException {
        while (phase.get() == ENDING) {
            int count = in.drop(stream());
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
        edge.poller().ask(this, Poller.CLOSE);
        wakeReader();
    }

    /** The reader's last act. */
    private void close() {
        abandon();
        in.release();
        if (tls != null) {
            tls.close();
        }
        Dispatch shards = dispatch;
        if (shards != null) {
            shards.close();
        }
        queue.die();
        edge.closed(this);
        edge.poller().ask(this, Poller.WATCH);
    }

    // ---- what the poller is asked to do ----

    /** Any thread; true if there was no wish yet. */
    boolean wish(int what) {
        int before = wishes.get();
        while (!wishes.compareAndSet(before, before | what)) {
            before = wishes.get();
        }
        return before == 0;
    }

    int takeWishes() {
        return wishes.getAndSet(0);
    }

    void endOutput() {
        try {
            if (tls != null) {
                tls.endOutput();
            }
            channel.shutdownOutput();
        } catch (IOException gone) {
            // Then there is nobody to tell.
        }
    }

    void closeChannel() {
        try {
            channel.close();
        } catch (IOException ignored) {
            // It is gone either way.
        }
    }

    SelectionKey key() {
        SelectionKey registered = key;
        if (registered == null) {
            throw new IllegalStateException("not started");
        }
        return registered;
    }
}
