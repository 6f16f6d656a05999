package dev.heddle.shard;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.log.ForceRequest;
import dev.heddle.log.StorageFullException;
import dev.heddle.wire.ClientFrame;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.PresenceState;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.RejectCode;
import dev.heddle.wire.ServerFrames;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The state machine that carries messages: one owner at a time calls it, and every piece of its state is that owner's. Bounded
 * by its options, by the sessions that the edge lets in, and by its {@link SlotMemory}.
 *
 * <p>Commands come in cycles: {@link #time}, any number of commands, then {@link #endCycle}, which writes what was appended to
 * the log and only then releases what was said to the clients (invariant 1: nobody is sent a message that a killed process
 * would not remember). When a force is wanted, {@link #takeForce} hands it out to be run elsewhere, and {@link #forced}
 * brings it back: only then is ACCEPTED said.
 *
 * <p>A command that answers anything but {@link Outcome#DONE} or {@link Outcome#ENDED} has changed nothing and is to be given
 * again. {@code mayLoad} says whether this thread may touch the user store.
 *
 * <p>An unchecked exception out of any method means that storage cannot be trusted: the process has to end.
 */
public final class Shard {
    /** This long after the last force, what nobody waits for is forced too. */
    private static final long QUIET_MILLIS = 1000;

    /** Bytes that each user takes in the user store. */
    public static final int USER_IMAGE_BYTES = User.IMAGE_BYTES;

    private final ShardOptions options;
    private final Users users;
    private final Journal journal;
    private final IdClock clock;
    private final long epoch;
    private final Stage stage = new Stage();
    private final Receipts receipts = new Receipts();
    private final States states;
    private final Notices notices;
    private final Delivery delivery;
    private final Cleaner cleaner;

    private @Nullable ForceRequest wantedForce;
    private boolean forcing;
    private boolean clockPending;
    private boolean forceAsked;
    private long clockReserve;
    private long forcedMillis;
    private int sessions;

    Shard(ShardOptions options, Users users, Journal journal, IdClock clock, long epoch) {
        this.options = options;
        this.users = users;
        this.journal = journal;
        this.clock = clock;
        this.epoch = epoch;
        this.states = new States(users, journal);
        this.notices = new Notices(users, stage, options.watchesPerSession(), options.watchesTotal());
        this.delivery = new Delivery(journal, stage, options.messageAgeMillis());
        this.cleaner = new Cleaner(users, journal, delivery);
    }

    /**
     * What time it is.
     *
     * @param wallMillis since 1970, for what people read; a time before the last one is ignored
     * @param elapsedMillis of a clock that nobody can set, from any beginning, for durations
     */
    public void time(long wallMillis, long elapsedMillis) {
        clock.advance(wallMillis, elapsedMillis);
    }

    /**
     * Opens a session, ending an earlier one of the same user. The answer, WELCOME or GOODBYE, goes to the client.
     *
     * @return {@link Outcome#ENDED} if it was GOODBYE
     */
    @CheckReturnValue
    public Outcome login(Client client, byte[] name, long cursor, boolean mayLoad) {
        User user = users.resident(name);
        if (user == null || user.statePosition < 0) {
            if (!mayLoad) {
                return Outcome.NEEDS_STORE;
            }
            user = users.create(name);
            if (user == null) {
                return refuse(client, GoodbyeCode.OVERLOADED, "too many users");
            }
        }
        if (!clock.canLogin()) {
            return Outcome.NEEDS_FORCE;
        }
        Inbox inbox = user.inbox;
        if (Long.compareUnsigned(cursor, Math.max(inbox.lastSeq, firstSeq() - 1)) > 0) {
            return refuse(client, GoodbyeCode.BAD_ACK, "cursor beyond the inbox");
        }
        Session earlier = user.session;
        if (earlier != null) {
            end(earlier, GoodbyeCode.REPLACED, 0, "logged in elsewhere");
        }
        Session session = new Session(client, user, clock.firstId(), clock.elapsed());
        open(session, cursor);
        client.welcome(session, clock.now(), inbox.count, clock.wall());
        stage.add(session);
        delivery.pump(session);
        return Outcome.DONE;
    }

    private void open(Session session, long cursor) {
        User user = session.user;
        users.hold(user);
        sessions++;
        user.session = session;
        user.lastSeen = Math.max(user.lastSeen, clock.wall());
        user.inbox.rewind();
        delivery.acknowledge(user, cursor);
        delivery.expire(user, clock.wall());
        session.ackLimit = Math.max(cursor, user.inbox.cursor);
        states.due(user);
        notices.changed(user);
    }

    private Outcome refuse(Client client, GoodbyeCode code, String reason) {
        client.goodbye(code, 0, reason);
        client.release();
        return Outcome.ENDED;
    }

    /**
     * Makes a connection known to a shard that is not its user's home, for what it sends there.
     *
     * @param home the connection's session at home, of which only what never changes is read, and whether it is open
     * @return null if this thread must not touch the store, and has to
     */
    public @Nullable Session attach(Client client, Session home, boolean mayLoad) {
        byte[] name = home.user.name;
        User user = users.resident(name);
        if (user == null) {
            if (!mayLoad) {
                return null;
            }
            user = users.watched(name);
        }
        users.hold(user);
        return new Session(client, user, home);
    }

    /** Handles one frame of a logged-in connection. LOGIN again is the caller's affair, as are frames of unknown types. */
    @CheckReturnValue
    public Outcome apply(Session session, ClientFrame frame, boolean mayLoad) {
        if (!session.isOpen()) {
            return Outcome.ENDED;
        }
        return switch (frame.type()) {
            case Protocol.SEND -> send(session, frame, mayLoad);
            case Protocol.ACK -> acknowledge(session, frame.seq());
            case Protocol.QUERY -> query(session, frame, mayLoad);
            case Protocol.WATCH -> watch(session, frame, mayLoad);
            case Protocol.UNWATCH -> unwatch(session, frame);
            case Protocol.SIGNAL -> signal(session, frame);
            case Protocol.PING -> ping(session, frame.opaque());
            case Protocol.LOGOUT -> {
                end(session, GoodbyeCode.BYE, 0, "bye");
                yield Outcome.ENDED;
            }
            default -> throw new IllegalArgumentException("type " + frame.type());
        };
    }

    private Outcome send(Session session, ClientFrame frame, boolean mayLoad) {
        if (session.client.isCongested()) {
            return Outcome.CONGESTED;
        }
        User sender = session.user;
        long id = frame.id();
        if (!frame.nameValid()) {
            return reject(session, id, RejectCode.BAD_RECIPIENT, "not a user name");
        }
        int length = ServerFrames.deliverSize(sender.name.length, frame.bodyLength());
        if (length - Protocol.LENGTH_BYTES > options.frameLimit()) {
            return reject(session, id, RejectCode.TOO_LARGE, "does not fit a DELIVER frame");
        }
        if (Long.compareUnsigned(id, sender.floor) <= 0) {
            return repeated(session, id);
        }
        if (Long.compareUnsigned(id, session.idLimit(clock.elapsed())) >= 0) {
            return turnAway(session, id, RejectCode.NOT_ALLOWED, "id ahead of its time");
        }
        User recipient = users.resident(frame.buffer(), frame.nameStart(), frame.nameLength());
        if (recipient == null || recipient.statePosition < 0) {
            if (!mayLoad) {
                return Outcome.NEEDS_STORE;
            }
            recipient = users.create(frame.name());
            if (recipient == null) {
                return turnAway(session, id, RejectCode.UNAVAILABLE, "too many users");
            }
        }
        if (!sender.stored) {
            if (!mayLoad) {
                return Outcome.NEEDS_STORE;
            }
            if (users.create(sender.name) == null) {
                return turnAway(session, id, RejectCode.UNAVAILABLE, "too many users");
            }
        }
        return store(session, recipient, frame);
    }

    /** An id that is not above the floor: stored before, or turned away so long ago that nobody remembers. */
    private Outcome repeated(Session session, long id) {
        if (id == 0) {
            return reject(session, id, RejectCode.NOT_ALLOWED, "ids begin at 1");
        }
        if (Long.compareUnsigned(id, session.user.certainFrom) < 0) {
            return reject(session, id, RejectCode.TOO_OLD, "an id after it was rejected");
        }
        if (!isDurable()) {
            forceAsked = true;
            return Outcome.NEEDS_FORCE;
        }
        return reject(session, id, RejectCode.DUPLICATE, "stored before");
    }

    private Outcome store(Session session, User recipient, ClientFrame frame) {
        User sender = session.user;
        Inbox inbox = recipient.inbox;
        long id = frame.id();
        if (journal.isFull()) {
            return turnAway(session, id, RejectCode.STORAGE_FULL, "storage is full");
        }
        int length = Records.messageBytes(recipient.name.length, sender.name.length, frame.bodyLength());
        if (isOverQuota(inbox, length)) {
            delivery.expire(recipient, clock.wall());
            if (isOverQuota(inbox, length)) {
                return turnAway(session, id, RejectCode.INBOX_FULL, "inbox is full");
            }
        }
        if (!inbox.reserve()) {
            return turnAway(session, id, RejectCode.STORAGE_FULL, "no room for another message");
        }
        long seq = Math.max(inbox.lastSeq + 1, firstSeq());
        long now = clock.wall();
        long position;
        try {
            position = journal.message(
                    recipient, sender, seq, id, now, frame.buffer(), frame.bodyStart(), frame.bodyLength());
        } catch (StorageFullException full) {
            return turnAway(session, id, RejectCode.STORAGE_FULL, "storage is full");
        }
        sender.floor = id;
        sender.dirty = true;
        inbox.append(seq, position, length);
        inbox.lastSeq = seq;
        recipient.dirty = true;
        receipts.owe(session, id);
        Session receiver = recipient.session;
        if (receiver != null && inbox.unsent() == 1) {
            delivery.direct(receiver, id, now, sender.name, frame);
        }
        return Outcome.DONE;
    }

    private boolean isOverQuota(Inbox inbox, int length) {
        return inbox.count >= options.inboxMessages() || inbox.bytes + length > options.inboxBytes();
    }

    /** The lowest seq of this run: above every seq that a run which ended in a crash can have used. */
    private long firstSeq() {
        return (epoch << 32) + 1;
    }

    /** A rejection that the same id would meet again. */
    private Outcome reject(Session session, long id, RejectCode code, String reason) {
        if (session.client.isCongested()) {
            return Outcome.CONGESTED;
        }
        session.client.rejected(id, code, reason);
        stage.add(session);
        return Outcome.DONE;
    }

    /** A rejection that the same id might not meet again: from now on it can no longer be told from a stored one. */
    private Outcome turnAway(Session session, long id, RejectCode code, String reason) {
        Outcome outcome = reject(session, id, code, reason);
        if (outcome == Outcome.DONE) {
            if (Long.compareUnsigned(id, session.user.certainFrom) >= 0) {
                session.user.certainFrom = id + 1;
            }
            session.user.dirty = true;
        }
        return outcome;
    }

    private Outcome acknowledge(Session session, long seq) {
        if (Long.compareUnsigned(seq, session.ackLimit) > 0) {
            end(session, GoodbyeCode.BAD_ACK, 0, "ACK beyond what was delivered");
            return Outcome.ENDED;
        }
        if (delivery.acknowledge(session.user, seq)) {
            states.due(session.user);
            delivery.pump(session);
        }
        return Outcome.DONE;
    }

    private Outcome query(Session session, ClientFrame frame, boolean mayLoad) {
        if (session.client.isCongested()) {
            return Outcome.CONGESTED;
        }
        User user = users.resident(frame.buffer(), frame.nameStart(), frame.nameLength());
        if (user != null) {
            session.client.presence(frame.tag(), Notices.state(user), user.lastSeen, user.name);
        } else if (!mayLoad) {
            return Outcome.NEEDS_STORE;
        } else {
            byte[] name = frame.name();
            ByteBuffer image = users.peek(name);
            long lastSeen = image == null ? 0 : User.lastSeenOf(image);
            PresenceState state = lastSeen == 0 ? PresenceState.NEVER_SEEN : PresenceState.OFFLINE;
            session.client.presence(frame.tag(), state, lastSeen, name);
        }
        stage.add(session);
        return Outcome.DONE;
    }

    private Outcome watch(Session session, ClientFrame frame, boolean mayLoad) {
        if (session.client.isCongested()) {
            return Outcome.CONGESTED;
        }
        User user = users.resident(frame.buffer(), frame.nameStart(), frame.nameLength());
        if (user == null) {
            if (!mayLoad) {
                return Outcome.NEEDS_STORE;
            }
            user = users.watched(frame.name());
        }
        if (!notices.watch(session, user)) {
            end(session, GoodbyeCode.OVERLOADED, 0, "too many watches");
            return Outcome.ENDED;
        }
        return Outcome.DONE;
    }

    private Outcome unwatch(Session session, ClientFrame frame) {
        User user = users.resident(frame.buffer(), frame.nameStart(), frame.nameLength());
        if (user != null) {
            notices.unwatch(session, user);
        }
        return Outcome.DONE;
    }

    private Outcome signal(Session session, ClientFrame frame) {
        User user = users.resident(frame.buffer(), frame.nameStart(), frame.nameLength());
        Session receiver = user == null ? null : user.session;
        byte[] sender = session.user.name;
        int size = ServerFrames.signalledSize(sender.length, frame.bodyLength());
        boolean fits = size - Protocol.LENGTH_BYTES <= options.frameLimit();
        if (receiver != null && fits && receiver.client.hasRoom(size)) {
            receiver.client.signalled(sender, frame.buffer(), frame.bodyStart(), frame.bodyLength());
            stage.add(receiver);
        }
        return Outcome.DONE;
    }

    private Outcome ping(Session session, long opaque) {
        if (session.client.isCongested()) {
            return Outcome.CONGESTED;
        }
        session.client.pong(opaque);
        stage.add(session);
        return Outcome.DONE;
    }

    /** Says goodbye to a session, for any reason the edge has. */
    public void end(Session session, GoodbyeCode code, int retryAfterMillis, String reason) {
        if (session.isOpen()) {
            session.client.goodbye(code, retryAfterMillis, reason);
            stage.add(session);
            close(session);
        }
    }

    /** The connection is gone, or is going. */
    public void close(Session session) {
        if (!session.close()) {
            return;
        }
        User user = session.user;
        notices.forget(session);
        if (session.isHome()) {
            sessions--;
            user.session = null;
            user.lastSeen = Math.max(user.lastSeen, clock.wall());
            states.due(user);
            notices.changed(user);
        }
        users.release(user);
    }

    /** The client's queue has drained: more of its backlog may follow. */
    public void drained(Session session) {
        if (session.isHome() && session.isOpen()) {
            delivery.pump(session);
        }
        stage.add(session);
    }

    /** Periodic work, about ten times a second: notices, the clock's reserve, a retry of a full disk, cleaning. */
    public void tick() {
        notices.tick(clock.elapsed());
        if (clock.needsReserve() && !clockPending) {
            reserveClock();
        }
        if (journal.write()) {
            journal.retry(clock.elapsed());
            cleaner.step(clock.wall());
            boolean quiet = clock.elapsed() - forcedMillis >= QUIET_MILLIS;
            if (quiet && !forcing && !receipts.isWaiting() && journal.needsQuietForce() && journal.write()) {
                force(true);
            }
        }
    }

    private void reserveClock() {
        try {
            clockReserve = clock.reserveTo();
            journal.clock(epoch, clockReserve, clock.wall());
            clockPending = true;
        } catch (StorageFullException full) {
            // Tried again at the next tick, half a reserve ahead of need.
        }
    }

    /** Writes, then lets go out what was said in this cycle. */
    public void endCycle() {
        notices.flush(clock.elapsed());
        states.flush();
        boolean written = !journal.isUrgent() || journal.write();
        if (written && !forcing) {
            settle();
        }
        stage.release(written);
    }

    /** Says ACCEPTED where nothing has to be waited for, and otherwise asks for a force. */
    private void settle() {
        if (receipts.isWaiting() && isDurable()) {
            receipts.begin();
            receipts.complete(stage);
        } else if (receipts.isWaiting() || clockPending || forceAsked) {
            receipts.begin();
            force(false);
        }
    }

    /** Whether every message stored so far is where ACCEPTED says that it is. */
    private boolean isDurable() {
        return options.syncAlways() ? journal.isForced() : journal.isOnDisk();
    }

    private void force(boolean quiet) {
        wantedForce = journal.beginForce(quiet);
        forcing = true;
        forcedMillis = clock.elapsed();
        forceAsked = false;
    }

    /** The force that is wanted since the last call, or null; to be run on another thread, and given back. */
    public @Nullable ForceRequest takeForce() {
        ForceRequest force = wantedForce;
        wantedForce = null;
        return force;
    }

    /** A force has succeeded. (One that failed ends the process.) */
    public void forced(ForceRequest done) {
        journal.forced(done);
        forcing = false;
        if (clockPending) {
            clockPending = false;
            clock.reserved(clockReserve);
        }
        receipts.complete(stage);
    }

    /** True while something waits for a force that runs. */
    public boolean isForcing() {
        return forcing;
    }

    /** Everything that an orderly end wants on disk: states of all who are still here, the buffers. */
    public boolean drain() {
        users.saveAll();
        states.flush();
        return journal.write();
    }

    long epoch() {
        return epoch;
    }

    IdClock clock() {
        return clock;
    }

    public int sessions() {
        return sessions;
    }

    public long users() {
        return users.size();
    }

    /** Bytes of log on disk. */
    public long logBytes() {
        return journal.bytes();
    }

    /** Bytes of log that messages still need. */
    public long liveBytes() {
        return journal.accounts().liveBytes();
    }

    public boolean isStorageFull() {
        return journal.isFull();
    }
}
