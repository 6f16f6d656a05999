package dev.heddle.shard;

import dev.heddle.log.RecordVisitor;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Builds a shard's memory again from its log; the thread that starts the shard, before there is an owner. It holds no more on the
 * heap than the shard does: what it has to remember of a user until the end is marked in the user itself, and goes to the store
 * with it. The backlog holds, beside what waits, messages that were acknowledged in segments that are gone, until the next state
 * of their recipient.
 *
 * <p>Records come in log order. Messages that the cleaner copied stand behind younger ones of their inbox, and may be there
 * twice if a crash came between copy and drop: such an inbox is sorted by seq at the end, the later copy of each kept.
 *
 * <p>Whoever was online when a run was cut off by a crash was so until about the last record of that run. This is entered when the
 * user is next heard of, or at the end: a user is marked with the number of the run, and of each run it is known when it ended.
 */
final class Rebuild implements RecordVisitor {
    /** So many runs that ended in a crash are told apart before all users are gone through. */
    private static final int RUNS = 255;

    private final Users users;
    private final Accounts accounts;
    private final InboxSort sorting;

    /** When each run ended, by its number, milliseconds since 1970. */
    private final long[] ends = new long[RUNS + 1];

    private int run = 1;
    /** Whether somebody may be marked. */
    private boolean marked;
    /** Whether at least one user can be forgotten. */
    private boolean unused;

    private long epoch;
    private long reserved;
    private long clockPosition = -1;
    private long lastMillis;
    private long ages = -1;
    private long records;
    /** Of all messages that waited at any time, the bytes of the frame that one is delivered in. */
    private int largestFrame;

    private @Nullable User pictured;

    Rebuild(Users users, Accounts accounts) {
        this.users = users;
        this.accounts = accounts;
        this.sorting = new InboxSort(accounts);
    }

    @Override
    public void segment(long base) {
        accounts.active(base);
    }

    @Override
    public void record(long position, int type, ByteBuffer buffer, int start, int length) throws IOException {
        records++;
        switch (type) {
            case Records.MESSAGE -> message(position, buffer, start, length);
            case Records.USER -> user(position, buffer, start);
            case Records.CLOCK -> clock(position, buffer, start, length);
            default -> throw new IOException("record of unknown type " + type + " at position " + position);
        }
    }

    private void message(long position, ByteBuffer in, int at, int length) throws IOException {
        long id = Records.id(in, at);
        long seq = Records.seq(in, at);
        User sender = known(in, Records.senderStart(in, at), Records.senderLength(in, at));
        if (sender != null && Long.compareUnsigned(id, sender.floor) > 0) {
            sender.floor = id;
            sender.certainFrom = Records.certainFrom(in, at);
            accounts.lastWord(sender.lastWord);
            sender.lastWord = position;
            sender.dirty = true;
            seen(Records.acceptedAt(in, at));
        }
        User recipient = user(in, Records.recipientStart(at), Records.recipientLength(in, at));
        if (Seq.isAbove(seq, recipient.inbox.cursor)) {
            waiting(recipient, seq, position, length);
        }
        accounts.newest(Records.acceptedAt(in, at));
    }

    /** Takes over a record of a checkpoint. */
    void checkpoint(long position, int type, ByteBuffer in, int at, int length) throws IOException {
        records++;
        switch (type) {
            case Records.CLOCK -> {
                epoch = Records.clockEpoch(in, at);
                reserved = Records.clockReserved(in, at);
                lastMillis = Records.clockWritten(in, at);
                clockPosition = in.getLong(at + Records.CLOCK_BYTES);
                ages = length > ShardFolder.CLOCK_BYTES ? in.getLong(at + ShardFolder.CLOCK_BYTES) : -1;
                accounts.state(-1, clockPosition, Records.CLOCK_BYTES);
            }
            case ShardFolder.SEGMENT -> {
                accounts.active(in.getLong(at));
                accounts.inherited(in.getLong(at));
                accounts.newest(in.getLong(at + 8));
            }
            case ShardFolder.USER -> {
                int from = at + 8;
                marked |= pictured != null && pictured.isUnused();
                pictured = user(in, from + Records.USER_HEAD, Records.userNameLength(in, from));
                Records.readUser(in, from, pictured);
                pictured.statePosition = in.getLong(at);
                if (pictured.statePosition >= 0) {
                    accounts.state(-1, pictured.statePosition, Records.userBytes(pictured));
                }
                pictured.dirty = true;
            }
            case ShardFolder.WAITING -> {
                User user = pictured;
                for (int entry = at; user != null && entry < at + length; entry += ShardFolder.ENTRY_BYTES) {
                    entry(user, in.getLong(entry), in.getLong(entry + 8), in.getInt(entry + 16));
                }
            }
            default -> throw new IOException("checkpoint record of unknown type " + type);
        }
    }

    /** Takes over a message that waits, from the log. */
    private void waiting(User user, long seq, long position, int length) throws IOException {
        if (!user.inbox.isEmpty() && !Seq.isAbove(seq, user.inbox.tailSeq())) {
            user.inDisorder = true;
            marked = true;
        }
        entry(user, seq, position, length);
    }

    private void entry(User user, long seq, long position, int length) throws IOException {
        Inbox inbox = user.inbox;
        if (!inbox.reserve()) {
            throw noRoom();
        }
        inbox.append(seq, position, length);
        largestFrame = Math.max(largestFrame, Records.deliverFrame(length, user.name.length));
        inbox.lastSeq = Seq.later(inbox.lastSeq, seq);
        accounts.live(position, length);
        user.dirty = true;
    }

    static IOException noRoom() {
        return new IOException("no room on the disk for where the messages that wait stand, some 21 bytes for each");
    }

    private void forget(long position, ByteBuffer in, int at) throws IOException {
        int length = Records.userNameLength(in, at);
        User user = known(in, at + Records.USER_HEAD, length);
        accounts.forgotten(user == null ? -1 : user.statePosition, position, Records.USER_HEAD + length);
        if (user == null) {
            return;
        }
        Inbox inbox = user.inbox;
        while (!inbox.isEmpty()) {
            accounts.dead(inbox.headPosition(), inbox.headLength());
            inbox.removeHead(inbox.headLength());
        }
        accounts.covered(user.lastWord);
        users.forget(user);
    }

    private void user(long position, ByteBuffer in, int at) throws IOException {
        if (Records.userForgotten(in, at)) {
            forget(position, in, at);
            return;
        }
        User user = user(in, at + Records.USER_HEAD, Records.userNameLength(in, at));
        if (user.lastSeen != Records.userLastSeen(in, at)) {
            seen(Records.userLastSeen(in, at));
        }
        Records.readUser(in, at, user);
        accounts.state(user.statePosition, position, Records.userBytes(user));
        accounts.covered(user.lastWord);
        user.statePosition = position;
        user.lastWord = -1;
        user.dirty = true;
        user.windowSteps = (byte) Records.userWindow(in, at);
        forgetAcknowledged(user);
        boolean online = Records.userOnline(in, at);
        user.onlineInRun = (byte) (online ? run : 0);
        marked |= online || user.lastSeen == 0;
    }

    private void clock(long position, ByteBuffer in, int at, int length) throws IOException {
        long found = Records.clockEpoch(in, at);
        if (found > epoch && !Records.clockGoesOn(in, at, length)) {
            // A run that began after a crash: whoever was online before it was cut off by that.
            endRun();
            accounts.begins(position);
        }
        epoch = Math.max(epoch, found);
        reserved = Math.max(reserved, Records.clockReserved(in, at));
        ages = Records.clockAges(in, at, length);
        if (ages >= 0) {
            // What the wall showed when this was written, which may be before what it showed earlier.
            lastMillis = Records.clockWritten(in, at);
        } else {
            seen(Records.clockWritten(in, at));
        }
        accounts.state(clockPosition, position, Records.CLOCK_BYTES);
        clockPosition = position;
    }

    /**
     * A user of whom a record has told already, or null. The state of a sender stands before all that it sends, and the newest one
     * stays: of whom there is none was forgotten, or there is a state to come, which knows more.
     */
    private @Nullable User known(ByteBuffer in, int start, int length) throws IOException {
        User user = users.resident(in, start, length);
        if (user == null) {
            user = users.load(name(in, start, length));
        }
        if (user == null || !user.stored) {
            return null;
        }
        endSession(user);
        return user;
    }

    private static byte[] name(ByteBuffer in, int start, int length) {
        byte[] name = new byte[length];
        in.get(start, name);
        return name;
    }

    private User user(ByteBuffer in, int start, int length) throws IOException {
        User user = users.resident(in, start, length);
        if (user == null || !user.stored) {
            user = users.create(name(in, start, length));
        }
        if (user == null) {
            throw SettingTooLowException.users(users.size());
        }
        endSession(user);
        return user;
    }

    /** What bears this time happened now: copies and repeated states say when something happened before. */
    private void seen(long millis) {
        lastMillis = Math.max(lastMillis, millis);
    }

    private void forgetAcknowledged(User user) {
        Inbox inbox = user.inbox;
        while (!inbox.isEmpty() && !Seq.isAbove(inbox.headSeq(), inbox.cursor)) {
            accounts.dead(inbox.headPosition(), inbox.headLength());
            inbox.removeHead(inbox.headLength());
        }
    }

    /**
     * Puts in order what the records left open. Sessions that a crash cut ended when the log did.
     *
     * @param wallMillis now: whatever a clock showed that was wrong, nobody was seen later
     */
    void finish(long wallMillis) throws IOException {
        lastMillis = Math.min(lastMillis, wallMillis);
        endRun();
        marked |= pictured != null && pictured.isUnused();
        if (marked) {
            users.change(this::finish);
        }
    }

    /** Whether a version that remembered everybody, or a full disk, has left users here of whom nothing is worth keeping. */
    boolean hasUnused() {
        return unused;
    }

    /**
     * Sees to it that everything that waits can be delivered.
     *
     * @param limit bytes of a frame at most
     */
    void checkFrames(int limit) throws IOException {
        if (largestFrame <= limit) {
            return;
        }
        largestFrame = 0;
        users.forEach(user -> {
            Inbox.Walk walk = user.inbox.walk();
            for (int left = user.inbox.count; left > 0; left--) {
                walk.next();
                largestFrame = Math.max(largestFrame, Records.deliverFrame(walk.length(), user.name.length));
            }
        });
        if (largestFrame > limit) {
            throw SettingTooLowException.frame(limit, largestFrame);
        }
    }

    private void finish(User user) throws IOException {
        endSession(user);
        sort(user);
    }

    private void sort(User user) throws IOException {
        if (user.inDisorder) {
            sorting.sort(user.inbox);
            user.inDisorder = false;
            user.dirty = true;
            forgetAcknowledged(user);
        }
        unused |= user.isUnused();
    }

    /** The run that the records were of until now was cut off when the last of them was written, or soon after. */
    private void endRun() throws IOException {
        ends[run] = lastMillis;
        run++;
        if (run > RUNS) {
            run = 0;
            users.change(this::endSession);
            run = 1;
        }
    }

    /** If a run was cut off in which the user was online, that ended its session. */
    private void endSession(User user) throws IOException {
        int online = Byte.toUnsignedInt(user.onlineInRun);
        if (online != 0 && online != run) {
            user.lastSeen = ends[online];
            user.inbox.sentSeq = Seq.later(user.inbox.sentSeq, mayBeSent(user));
            user.onlineInRun = 0;
            user.dirty = true;
        }
    }

    /**
     * The highest seq that a session which a crash cut may have been sent: no more than its window went beyond what it had
     * acknowledged. The log says how large that was and how far it had acknowledged, because what follows an ACK is sent after
     * the record of it is written.
     */
    private long mayBeSent(User user) throws IOException {
        Inbox inbox = user.inbox;
        int most = Window.mostMessages(user.windowSteps);
        if (inbox.count > most) {
            sort(user);
        }
        if (inbox.count <= most) {
            return inbox.lastSeq;
        }
        Inbox.Walk walk = inbox.walk();
        for (int i = 0; i < most; i++) {
            walk.next();
        }
        return walk.seq();
    }

    long epoch() {
        return epoch;
    }

    long reserved() {
        return reserved;
    }

    long clockPosition() {
        return clockPosition;
    }

    /** Where the clock of ages stood at last; in a log of an earlier version, the wall time of the latest record. */
    long ages() {
        return ages < 0 ? lastMillis : ages;
    }

    long records() {
        return records;
    }
}
