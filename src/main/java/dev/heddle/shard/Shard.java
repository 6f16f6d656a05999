package dev.heddle.shard;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.log.ForceRequest;
import dev.heddle.log.Snapshot;
import dev.heddle.wire.ClientFrame;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.Protocol;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
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
 * <p>A command that answers anything but {@link Outcome#DONE} or {@link Outcome#ENDED} is to be given again, see {@link Outcome}. {@code mayLoad} says whether this thread may touch the user store.
 *
 * <p>An unchecked exception out of any method means that storage cannot be trusted: the process has to end.
 */
public final class Shard {
    /** Bytes that each user takes in the user store. */
    public static final int USER_IMAGE_BYTES = User.IMAGE_BYTES;

    private final Users users;
    private final Journal journal;
    private final IdClock clock;
    private final long epoch;
    private final Limits limits;
    private final Forgetting forgetting;
    private final Stage stage = new Stage();
    private final States states;
    private final Notices notices;
    private final Delivery delivery;
    private final Clearing clearing;
    private final Durability durability;
    private final Sessions sessions;
    private final Sends sends;
    private final Questions questions;
    private final Cleaner cleaner;
    private final Insight insight;

    Shard(Limits limits, Users users, Journal journal, Forgetting forgetting, IdClock clock, long epoch) {
        this.users = users;
        this.journal = journal;
        this.clock = clock;
        this.epoch = epoch;
        this.limits = limits;
        this.forgetting = forgetting;
        this.states = new States(users, journal);
        this.notices = new Notices(users, clock, stage, limits);
        this.delivery = new Delivery(journal, states, stage, limits);
        this.durability = new Durability(limits.now().syncAlways(), journal, clock, epoch, stage);
        // The lowest seq of this run: above every seq that a run which ended in a crash can have used.
        long firstSeq = (epoch << 32) + 1;
        this.clearing = new Clearing(users, delivery);
        this.sessions = new Sessions(users, clock, firstSeq, stage, states, notices, delivery, clearing, durability);
        this.sends = new Sends(limits, users, journal, clock, firstSeq, stage, delivery, durability, forgetting);
        this.questions = new Questions(limits.now().frameLimit(), users, sessions, notices, clock, stage);
        this.cleaner = new Cleaner(users, journal, delivery, forgetting);
        this.insight = new Insight(users, journal);
    }

    /**
     * Other limits, from the next command on; what is above them stays.
     *
     * @param options as those that it was opened with, in what sizes were derived from: frame limit, residents, sync
     */
    public void change(ShardOptions options) {
        limits.change(options);
    }

    /**
     * What time it is.
     *
     * @param wallMillis since 1970, for what people read; it may have been set ahead or back
     * @param elapsedMillis of the monotonic clock, from any beginning, for durations
     */
    public void time(long wallMillis, long elapsedMillis) {
        clock.advance(wallMillis, elapsedMillis);
    }

    /**
     * Opens a session, ending an earlier one of the same user. The answer, WELCOME or GOODBYE, goes to the client. Where the
     * cursor covers very much, or very much is too old, the earlier session ends and the cursor counts at once, and the command
     * is to be given again, as for {@link Outcome#NEEDS_FORCE}, until the steps have removed all of it.
     *
     * @return {@link Outcome#ENDED} if it was GOODBYE
     */
    @CheckReturnValue
    public Outcome login(Client client, byte[] name, long cursor, boolean mayLoad) {
        return sessions.login(client, name, cursor, mayLoad);
    }

    /**
     * Makes a connection known to a shard that is not its user's home, for what it sends there.
     *
     * @param home the connection's session at home, of which only what never changes is read, and whether it is open
     * @return null if this thread must not touch the store, and has to
     */
    public @Nullable Session attach(Client client, Session home, boolean mayLoad) {
        return sessions.attach(client, home, mayLoad);
    }

    /** Whether a user had to be looked up in the store since this was last asked: others may have to be, too. */
    public boolean takeMissed() {
        return users.takeMissed();
    }

    /** A hint that a frame which names this user comes soon; some dozens, then {@link #fetch}. For who may touch the store. */
    public void expect(ByteBuffer source, int nameStart, int nameLength) {
        users.expect(source, nameStart, nameLength);
    }

    /** Makes those who are expected quick to look up. */
    public void fetch() {
        users.fetch();
    }

    /** Handles one frame of a logged-in connection. LOGIN again is the caller's affair, as are frames of unknown types. */
    @CheckReturnValue
    public Outcome apply(Session session, ClientFrame frame, boolean mayLoad) {
        if (!session.isOpen()) {
            return Outcome.ENDED;
        }
        return switch (frame.type()) {
            case Protocol.SEND -> sends.apply(session, frame, mayLoad);
            case Protocol.ACK -> acknowledge(session, frame.seq());
            case Protocol.QUERY -> questions.query(session, frame, mayLoad);
            case Protocol.WATCH -> questions.watch(session, frame, mayLoad);
            case Protocol.UNWATCH -> questions.unwatch(session, frame);
            case Protocol.SIGNAL -> questions.signal(session, frame);
            case Protocol.PING -> questions.ping(session, frame.opaque());
            case Protocol.LOGOUT -> sessions.logout(session);
            default -> throw new IllegalArgumentException("type " + frame.type());
        };
    }

    /**
     * Draws on the allowance of a session's user, at home, for what was handled here and elsewhere; with nothing, tells what it
     * owes from an earlier connection.
     *
     * @param messages frames other than ACK, which deliveries pay for
     * @param bytes of all frames
     * @param names that nobody knew before
     * @return milliseconds for which nothing more of this connection is to be handled
     */
    public int charge(Session session, int messages, int bytes, int names) {
        User user = session.user;
        Allowance allowance = limits.now().perUser();
        long now = TimeUnit.MILLISECONDS.toNanos(clock.elapsed());
        user.paidUntil = allowance.spend(user.paidUntil, now, messages, bytes, names);
        user.dirty = true;
        long held = TimeUnit.NANOSECONDS.toMillis(allowance.held(user.paidUntil, now));
        return (int) Math.min(Integer.MAX_VALUE, held);
    }

    private Outcome acknowledge(Session session, long seq) {
        if (Long.compareUnsigned(seq, session.ackLimit) > 0) {
            sessions.end(session, GoodbyeCode.BAD_ACK, 0, "ACK beyond what was delivered");
            return Outcome.ENDED;
        }
        if (delivery.acknowledge(session.user, seq)) {
            session.acknowledges = true;
            states.due(session.user);
            delivery.pump(session);
        } else if (session.window.isFixed()) {
            // It may have acknowledged something behind this one.
            delivery.pump(session);
        }
        return Outcome.DONE;
    }

    /** Done once the session has been told of everything that it sent here. */
    @CheckReturnValue
    public Outcome settle(Session session) {
        return sessions.settle(session);
    }

    /** Says goodbye to a session, for any reason the edge has. */
    public void end(Session session, GoodbyeCode code, int retryAfterMillis, String reason) {
        sessions.end(session, code, retryAfterMillis, reason);
    }

    /** Says goodbye to a user's session; false if there is none. */
    @CheckReturnValue
    public boolean end(byte[] name, GoodbyeCode code, int retryAfterMillis, String reason) {
        User user = users.resident(name);
        if (user == null || user.session == null) {
            return false;
        }
        sessions.end(user.session, code, retryAfterMillis, reason);
        return true;
    }

    /**
     * Removes a user with all that waits, a step at a time, and ends its session. For who may touch the store. It is durable once
     * {@link #removalsSafe} says so.
     *
     * @param retryAfterMillis what the client is told to wait before it comes back
     */
    @CheckReturnValue
    public Removal remove(byte[] name, int retryAfterMillis) {
        boolean _ = end(name, GoodbyeCode.OVERLOADED, retryAfterMillis, "removed by an operator");
        Removal removal = forgetting.remove(name);
        User watched = users.resident(name);
        if (removal.state() == Removal.State.DONE && watched != null) {
            notices.changed(watched);
        }
        return removal;
    }

    /** Done once the removals so far are as safe as what ACCEPTED is said of. */
    @CheckReturnValue
    public Outcome removalsSafe() {
        if (durability.isSafe(forgetting.recordedAt())) {
            return Outcome.DONE;
        }
        durability.ask();
        return Outcome.NEEDS_FORCE;
    }

    /** New recipient names that SENDs have created since the last call. */
    public int takeNewNames() {
        return sends.takeNewNames();
    }

    /** The connection is gone, or is going. */
    public void close(Session session) {
        sessions.close(session);
    }

    /** The client's queue has drained: more of its backlog may follow. */
    public void drained(Session session) {
        if (session.isHome() && session.isOpen()) {
            delivery.pump(session);
        }
        if (session.isOpen()) {
            notices.drained(session);
        }
        stage.add(session);
    }

    /** Periodic work, about ten times a second, at rest once a second: notices, the clock's reserve, a retry of a full disk, cleaning. */
    public void tick() {
        notices.tick(clock.elapsed());
        delivery.feed();
        durability.keepClock(sessions.count() > 0);
        if (journal.write()) {
            journal.retry(clock.elapsed());
            cleaner.tick(clock);
            durability.keepQuiet();
        }
    }

    /** Whether there is work that need not be done at once: {@link #step} does it, between cycles. For who may touch the store. */
    public boolean hasSteps() {
        return clearing.hasSteps() || notices.hasSteps() || cleaner.hasSteps();
    }

    /** A millisecond's worth of that, or so. */
    public void step() {
        notices.step();
        clearing.step(clock.ages());
        cleaner.step(clock);
    }

    /** Whether somebody waits for a {@link #step}. */
    public boolean isClearing() {
        return clearing.hasSteps() || notices.hasSteps();
    }

    /** Whether nothing waits for the next tick: it may come later then. */
    public boolean isAtRest() {
        return !hasSteps()
                && notices.isAtRest()
                && delivery.isAtRest()
                && durability.isAtRest()
                && cleaner.isAtRest()
                && journal.isAtRest();
    }

    /** Whether this cycle had better end here: it has much to write. */
    public boolean hasMuchToWrite() {
        return journal.hasMuchToWrite();
    }

    /** Writes, then lets go out what was said in this cycle. */
    public void endCycle() {
        release(write());
    }

    /** The first half: writes; false if the disk has no room. */
    @CheckReturnValue
    public boolean write() {
        notices.flush(clock.elapsed());
        states.flush();
        boolean written = !journal.isUrgent() || journal.write();
        if (written) {
            durability.settle();
        }
        return written;
    }

    /** The second half: lets go out what was said, but no message that is not {@code written}. */
    public void release(boolean written) {
        stage.release(written);
    }

    /** The force that is wanted since the last call, or null; to be run on another thread, and given back. */
    public @Nullable ForceRequest takeForce() {
        return durability.take();
    }

    /** A force has succeeded. (One that failed ends the process.) */
    public void forced(ForceRequest done) {
        durability.forced(done);
    }

    /** True while something waits for a force that runs. */
    public boolean isForcing() {
        return durability.isForcing();
    }

    /**
     * What a copy has to hold. The log keeps all its files until {@link #thaw}; everything else goes on.
     *
     * @return null if a force has to come first: {@link Outcome#NEEDS_FORCE}
     */
    public @Nullable Frozen freeze() {
        Snapshot snapshot = journal.log().snapshot();
        if (snapshot == null) {
            durability.ask();
            return null;
        }
        return new Frozen(snapshot, journal.accounts().messages());
    }

    /** The copy is done, or will not be made. */
    public void thaw() {
        journal.log().release();
    }

    /** Everything that an orderly end wants on disk: states of all who are still here, the buffers. */
    public boolean drain() {
        while (clearing.hasSteps()) {
            clearing.step(clock.ages());
        }
        users.saveAll();
        states.flush();
        return journal.write();
    }

    /** Once all of {@link #drain} is durable: what became of the messages of this run. */
    Ledger ledger(long waitingBefore, long stored) {
        durability.rest();
        return new Ledger(
                waitingBefore,
                durability.accepted(),
                delivery.acknowledged(),
                delivery.expired(),
                forgetting.removed(),
                stored);
    }

    long epoch() {
        return epoch;
    }

    IdClock clock() {
        return clock;
    }

    /** A closer look, at users. */
    public Insight insight() {
        return insight;
    }

    /** What there is to see from outside. Takes microseconds. */
    public ShardPicture picture() {
        Accounts accounts = journal.accounts();
        return new ShardPicture(
                new ShardPicture.Traffic(
                        durability.accepted(),
                        sends.storedBytes(),
                        delivery.delivered(),
                        delivery.deliveredBytes(),
                        delivery.acknowledged(),
                        delivery.expired(),
                        sends.rejected(),
                        sessions.goodbyes()),
                new ShardPicture.People(sessions.count(), sessions.logins(), users.size(), notices.watches()),
                new ShardPicture.Storage(
                        accounts.messages(),
                        accounts.liveBytes(),
                        journal.bytes(),
                        journal.limitBytes(),
                        accounts.neededBytes(),
                        accounts.count(),
                        journal.isFull()));
    }

    public int sessions() {
        return sessions.count();
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
