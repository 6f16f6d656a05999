package dev.heddle.shard;

import dev.heddle.wire.ClientFrame;
import dev.heddle.wire.ServerFrames;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Moves messages from inboxes to sessions and out of inboxes again; the shard's owner only. What does not fit a client's window
 * or queue stays in the log, and {@link #pump} goes on from there when there is room. Bounded by the sessions: it holds those
 * that are hungry.
 */
final class Delivery {
    /** A pump gives way after this many bytes; the client's queue, when it drains, asks for more. */
    private static final int PUMP_BYTES = 512 * 1024;

    private static final int SENT_BEFORE = 1;

    /** An ACK covers what was delivered, hence no more than this: it is done with at once. */
    private static final int MOST_OF_WINDOW = Window.MOST_MESSAGES;

    private final Journal journal;
    private final States states;
    private final Stage stage;
    private final Limits limits;
    private List<Session> hungry = new ArrayList<>();
    private long delivered;
    private long deliveredBytes;
    private long acknowledged;
    private long expired;

    Delivery(Journal journal, States states, Stage stage, Limits limits) {
        this.journal = journal;
        this.states = states;
        this.stage = stage;
        this.limits = limits;
    }

    /**
     * Delivers the message that was stored a moment ago, the only one unsent, from where it was received.
     *
     * @param length of its record
     */
    void direct(Session receiver, long seq, int length, long id, long now, byte[] sender, ClientFrame frame) {
        Client client = receiver.client;
        if (!receiver.allows(length)) {
            return;
        }
        if (!client.hasRoom(ServerFrames.deliverSize(sender.length, frame.bodyLength()))) {
            refused(receiver);
            return;
        }
        client.deliver(seq, id, now, 0, sender, frame.buffer(), frame.bodyStart(), frame.bodyLength());
        sent(receiver, seq, length, frame.bodyLength());
    }

    /** Sends from the log what window and queue allow. */
    void pump(Session session) {
        long before = session.ackLimit;
        sendSome(session);
        if (session.ackLimit != before) {
            // After a crash the log is to say how far a window went: what let these messages go is written before they
            // are.
            journal.hurryState(session.user);
        }
    }

    private void sendSome(Session session) {
        Inbox inbox = session.user.inbox;
        Client client = session.client;
        int budget = PUMP_BYTES;
        while (session.isOpen() && inbox.unsent() > 0 && budget > 0) {
            int length = inbox.nextLength();
            // The record is longer than the frame's variable part by its own head, so this never asks for too little.
            if (!session.allows(length)) {
                return;
            }
            if (!client.hasRoom(ServerFrames.deliverSize(0, length))) {
                refused(session);
                return;
            }
            long seq = inbox.nextSeq();
            ByteBuffer record = journal.read(inbox.nextPosition(), length);
            int at = record.position();
            if (Records.seq(record, at) != seq) {
                throw new IllegalStateException(
                        "the log holds seq " + Records.seq(record, at) + " where " + seq + " was");
            }
            int bodyLength = Records.bodyLength(record, at, length);
            client.deliver(
                    seq,
                    Records.id(record, at),
                    Records.acceptedAt(record, at),
                    Seq.isAbove(seq, inbox.sentSeq) ? 0 : SENT_BEFORE,
                    record,
                    Records.senderStart(record, at),
                    Records.senderLength(record, at),
                    bodyLength);
            sent(session, seq, length, bodyLength);
            budget -= length;
        }
    }

    private void refused(Session session) {
        if (session.client.isShortOfMemory() && !session.hungry) {
            session.hungry = true;
            hungry.add(session);
        }
    }

    /** Tries once more for those who got nothing for want of memory, of which nobody says when there is some again. */
    void feed() {
        List<Session> now = hungry;
        hungry = new ArrayList<>();
        for (Session session : now) {
            session.hungry = false;
            pump(session);
        }
    }

    /** Whether nobody is to be tried once more. */
    boolean isAtRest() {
        return hungry.isEmpty();
    }

    private void sent(Session session, long seq, int length, int bodyLength) {
        delivered++;
        deliveredBytes += bodyLength;
        session.ackLimit = seq;
        session.user.inbox.sentNext(seq);
        session.window.sent(length);
        stage.addMessage(session);
    }

    /**
     * Everything up to this seq is dealt with. What that is, is removed here; of very much the rest by {@link Clearing}, in steps.
     *
     * @return false if there was nothing to remove
     */
    boolean acknowledge(User user, long seq) {
        Inbox inbox = user.inbox;
        if (!Seq.isAbove(seq, inbox.cursor)) {
            return false;
        }
        inbox.cursor = seq;
        inbox.lastSeq = Seq.later(inbox.lastSeq, seq);
        user.dirty = true;
        removeAcknowledged(user, MOST_OF_WINDOW);
        return true;
    }

    private int removeAcknowledged(User user, int most) {
        Inbox inbox = user.inbox;
        int count = 0;
        long bytes = 0;
        while (count < most && inbox.hasAcknowledged()) {
            count++;
            bytes += remove(inbox);
        }
        acknowledged += count;
        if (user.session != null && count > 0) {
            user.session.window.acknowledged(count, bytes);
        }
        return count;
    }

    /**
     * Removes what is acknowledged and, where nothing was sent to the present session, what is older than the limit.
     *
     * @param most messages; each of those that are too old has to be read
     * @return how many were removed; fewer than {@code most}: there are no more
     */
    int shed(User user, long now, int most) {
        int count = removeAcknowledged(user, most);
        Inbox inbox = user.inbox;
        while (count < most && inbox.unsent() == inbox.count && !inbox.isEmpty()) {
            ByteBuffer record = journal.read(inbox.headPosition(), inbox.headLength());
            if (!isExpired(Records.acceptedAt(record, record.position()), now)) {
                return count;
            }
            inbox.cursor = inbox.headSeq();
            user.dirty = true;
            if (user.session != null) {
                // Its window begins here now, and the log is to say so before anything of it is sent.
                states.due(user);
            }
            int _ = remove(inbox);
            expired++;
            count++;
        }
        return count;
    }

    boolean isExpired(long acceptedAt, long now) {
        return now - acceptedAt >= limits.now().messageAgeMillis();
    }

    /** Messages that were sent to a client, as often as they were. */
    long delivered() {
        return delivered;
    }

    /** Their bodies, in bytes. */
    long deliveredBytes() {
        return deliveredBytes;
    }

    /** Messages that were removed because their recipient has dealt with them. */
    long acknowledged() {
        return acknowledged;
    }

    /** Messages that were removed for their age. */
    long expired() {
        return expired;
    }

    /** Removes the oldest message; returns its length. */
    private int remove(Inbox inbox) {
        int length = inbox.headLength();
        journal.accounts().dead(inbox.headPosition(), length);
        inbox.removeHead(length);
        return length;
    }
}
