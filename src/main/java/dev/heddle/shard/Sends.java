package dev.heddle.shard;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.log.StorageFullException;
import dev.heddle.wire.ClientFrame;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.RejectCode;
import dev.heddle.wire.ServerFrames;
import java.util.Map;

/**
 * What becomes of a SEND: stored and owed its ACCEPTED, or rejected with a reason (invariants 2 and 4); the shard's owner
 * only. Holds nothing but what it has counted: what it decides by stands in the users.
 */
final class Sends {
    /** Messages that are looked at together, to make room in an inbox. */
    private static final int SHED_AT_ONCE = 64;

    /** How often a SEND does so: of a limit that was lowered it does not make up for all at once. */
    private static final int MOST_SHEDS = 16;

    private final Limits limits;
    private final Users users;
    private final Journal journal;
    private final IdClock clock;
    private final long firstSeq;
    private final Stage stage;
    private final Delivery delivery;
    private final Durability durability;
    private final Forgetting forgetting;

    private final Counts<RejectCode> rejected = new Counts<>(RejectCode.class);
    private long storedBytes;
    private int newNames;

    /** @param firstSeq of this run: above every seq that a run which ended in a crash can have used */
    Sends(
            Limits limits,
            Users users,
            Journal journal,
            IdClock clock,
            long firstSeq,
            Stage stage,
            Delivery delivery,
            Durability durability,
            Forgetting forgetting) {
        this.limits = limits;
        this.users = users;
        this.journal = journal;
        this.clock = clock;
        this.firstSeq = firstSeq;
        this.stage = stage;
        this.delivery = delivery;
        this.durability = durability;
        this.forgetting = forgetting;
    }

    @CheckReturnValue
    Outcome apply(Session session, ClientFrame frame, boolean mayLoad) {
        if (session.client.isCongested()) {
            return Outcome.CONGESTED;
        }
        User sender = session.user;
        long id = frame.id();
        User recipient = users.resident(frame.buffer(), frame.nameStart(), frame.nameLength());
        assert recipient == null || frame.nameValid() : "whoever is known by a name has a proper one";
        if (recipient == null && !frame.nameValid()) {
            return reject(session, id, RejectCode.BAD_RECIPIENT, "not a user name");
        }
        int length = ServerFrames.deliverSize(sender.name.length, frame.bodyLength());
        if (length - Protocol.LENGTH_BYTES > limits.now().frameLimit()) {
            return reject(session, id, RejectCode.TOO_LARGE, "does not fit a DELIVER frame");
        }
        if (Long.compareUnsigned(id, sender.floor) <= 0) {
            return repeated(session, id);
        }
        if (Long.compareUnsigned(id, session.idLimit(clock.elapsed())) >= 0) {
            session.refuseAhead(id);
            return reject(session, id, RejectCode.NOT_ALLOWED, "id ahead of its time");
        }
        if (recipient != null && recipient.statePosition >= 0 && sender.stored) {
            return store(session, recipient, frame);
        }
        return mayLoad ? storeForNew(session, frame) : Outcome.NEEDS_STORE;
    }

    /** Of the two at least one has to be looked up, or is new. */
    private Outcome storeForNew(Session session, ClientFrame frame) {
        User sender = session.user;
        long before = users.size();
        User recipient = users.createForOthers(frame.name());
        if (recipient == null) {
            return turnAway(session, frame.id(), RejectCode.UNAVAILABLE, "too many users");
        }
        newNames += (int) (users.size() - before);
        if (!sender.stored && users.create(sender.name) == null) {
            forgetting.ifUnused(recipient);
            return turnAway(session, frame.id(), RejectCode.UNAVAILABLE, "too many users");
        }
        Outcome outcome = store(session, recipient, frame);
        forgetting.ifUnused(recipient);
        return outcome;
    }

    /** New recipient names created since the last call. */
    int takeNewNames() {
        int names = newNames;
        newNames = 0;
        return names;
    }

    /** An id that is not above the floor: stored before, or turned away so long ago that nobody remembers. */
    private Outcome repeated(Session session, long id) {
        if (id == 0) {
            return reject(session, id, RejectCode.NOT_ALLOWED, "ids begin at 1");
        }
        if (Long.compareUnsigned(id, session.user.certainFrom) < 0) {
            return reject(session, id, RejectCode.TOO_OLD, "an id after it was rejected");
        }
        if (!durability.isSafe(session.user)) {
            durability.ask();
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
        for (int times = 0; isOverQuota(inbox, length); times++) {
            if (times == MOST_SHEDS || delivery.shed(recipient, clock.ages(), SHED_AT_ONCE) == 0) {
                return turnAway(session, id, RejectCode.INBOX_FULL, "inbox is full");
            }
        }
        if (!inbox.reserve() && !(journal.giveUpSpares() && inbox.reserve())) {
            return turnAway(session, id, RejectCode.STORAGE_FULL, "no room for another message");
        }
        long seq = Seq.later(inbox.lastSeq + 1, firstSeq);
        long now = clock.wall();
        if (session.passesRefused(id)) {
            // The floor is about to rise above an id that was refused: what is below cannot be told from that any more.
            sender.certainFrom = id;
        } else if (sender.floor == 0) {
            // The outcome of lower ids is unknown: nothing is kept for a name that is new or was removed.
            sender.certainFrom = Seq.later(sender.certainFrom, id);
        }
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
        durability.owe(session, id);
        storedBytes += frame.bodyLength();
        Session receiver = recipient.session;
        if (receiver != null && inbox.unsent() == 1) {
            delivery.direct(receiver, seq, length, id, now, sender.name, frame);
        }
        return Outcome.DONE;
    }

    private boolean isOverQuota(Inbox inbox, int length) {
        ShardOptions now = limits.now();
        return inbox.count >= now.inboxMessages() || inbox.bytes + length > now.inboxBytes();
    }

    /** A rejection that says nothing about what is stored, and changes nothing. */
    private Outcome reject(Session session, long id, RejectCode code, String reason) {
        rejected.add(code);
        session.client.rejected(id, code, reason);
        stage.add(session);
        return Outcome.DONE;
    }

    /** A rejection that the same id might not meet again: from now on it can no longer be told from a stored one. */
    private Outcome turnAway(Session session, long id, RejectCode code, String reason) {
        User sender = session.user;
        if (Long.compareUnsigned(id, sender.certainFrom) >= 0) {
            sender.certainFrom = id + 1;
        }
        sender.dirty = true;
        return reject(session, id, code, reason);
    }

    /** How many were turned away, by code. */
    Map<RejectCode, Long> rejected() {
        return rejected.picture();
    }

    /** Bodies of all messages that were stored, in bytes. */
    long storedBytes() {
        return storedBytes;
    }
}
