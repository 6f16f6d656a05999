package dev.heddle.shard;

import dev.heddle.log.RecordVisitor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Builds a shard's memory again from its log; the thread that starts the shard, before there is an owner. Bounded like what it
 * builds, by one inbox at a time that has to be put in order, and by the messages that were acknowledged in segments that are
 * gone: they wait here until the next state of their recipient.
 *
 * <p>Records come in log order. Messages that the cleaner copied stand behind younger ones of their inbox, and may be there
 * twice if a crash came between copy and drop: such an inbox is sorted by seq at the end, the later copy of each kept.
 */
final class Rebuild implements RecordVisitor {
    private final Users users;
    private final Accounts accounts;
    private final Set<User> online = new HashSet<>();
    private final Set<User> unsorted = new HashSet<>();

    private long epoch;
    private long reserved;
    private long clockPosition = -1;
    private long lastMillis;
    private long ages = -1;
    private long records;
    private @Nullable User pictured;

    Rebuild(Users users, Accounts accounts) {
        this.users = users;
        this.accounts = accounts;
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
        User sender = user(in, Records.senderStart(in, at), Records.senderLength(in, at));
        if (Long.compareUnsigned(id, sender.floor) > 0) {
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
        if (!Seq.isAbove(seq, user.inbox.lastSeq) && unsorted.add(user)) {
            users.hold(user);
        }
        entry(user, seq, position, length);
    }

    private void entry(User user, long seq, long position, int length) throws IOException {
        Inbox inbox = user.inbox;
        if (!inbox.reserve()) {
            throw new IOException("no room for the backlog of " + records + " records");
        }
        inbox.append(seq, position, length);
        inbox.lastSeq = Seq.later(inbox.lastSeq, seq);
        accounts.live(position, length);
        user.dirty = true;
    }

    private void user(long position, ByteBuffer in, int at) throws IOException {
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
        if (!unsorted.contains(user)) {
            forgetAcknowledged(user);
        }
        user.windowSteps = (byte) Records.userWindow(in, at);
        if (Records.userOnline(in, at)) {
            if (online.add(user)) {
                users.hold(user);
            }
        } else if (online.remove(user)) {
            users.release(user);
        }
    }

    private void clock(long position, ByteBuffer in, int at, int length) {
        long found = Records.clockEpoch(in, at);
        if (found > epoch && !Records.clockGoesOn(in, at, length)) {
            // A run that began after a crash: whoever was online before it was cut off by that.
            endSessions();
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

    private User user(ByteBuffer in, int start, int length) throws IOException {
        User user = users.resident(in, start, length);
        if (user == null) {
            byte[] name = new byte[length];
            in.get(start, name);
            user = users.create(name);
        }
        if (user == null) {
            throw new IOException("the log holds more users than the configuration allows");
        }
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

    private record Entry(long seq, long position, int length) {}

    private void sort(User user) {
        Inbox inbox = user.inbox;
        List<Entry> entries = new ArrayList<>(inbox.count);
        Inbox.Walk walk = inbox.walk();
        for (int i = 0; i < inbox.count; i++) {
            walk.next();
            entries.add(new Entry(walk.seq(), walk.position(), walk.length()));
        }
        entries.sort(Comparator.comparing(Entry::seq, Long::compareUnsigned)
                .thenComparing(Entry::position, Comparator.reverseOrder()));
        inbox.clear();
        long last = inbox.cursor;
        for (Entry entry : entries) {
            if (Seq.isAbove(entry.seq, last) && inbox.reserve()) {
                inbox.append(entry.seq, entry.position, entry.length);
                last = entry.seq;
            } else {
                accounts.dead(entry.position, entry.length);
            }
        }
        user.dirty = true;
    }

    /**
     * Puts in order what the records left open. Sessions that a crash cut ended when the log did.
     *
     * @param wallMillis now: whatever a clock showed that was wrong, nobody was seen later
     */
    void finish(long wallMillis) {
        unsorted.forEach(this::sort);
        unsorted.forEach(users::release);
        unsorted.clear();
        lastMillis = Math.min(lastMillis, wallMillis);
        endSessions();
    }

    private void endSessions() {
        for (User user : online) {
            user.lastSeen = lastMillis;
            user.inbox.sentSeq = Seq.later(user.inbox.sentSeq, mayBeSent(user));
            user.dirty = true;
            users.release(user);
        }
        online.clear();
    }

    /**
     * The highest seq that a session which a crash cut may have been sent: no more than its window went beyond what it had
     * acknowledged. The log says how large that was and how far it had acknowledged, because what follows an ACK is sent after
     * the record of it is written.
     */
    private long mayBeSent(User user) {
        Inbox inbox = user.inbox;
        int most = Window.mostMessages(user.windowSteps);
        if (inbox.count > most && unsorted.contains(user)) {
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
