package dev.heddle.verify.load;

import dev.heddle.verify.oracle.Stamp;
import dev.heddle.verify.oracle.Tally;
import dev.heddle.wire.ClientFrames;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One peer's messages from the first try to the answer; the swarm's thread. Bounded by the window: so many are unanswered at
 * most. After a lost connection they go out again with their old ids, in the old order, as the protocol demands.
 */
final class Outgoing {
    /** Whom a peer writes to, in which order. */
    record Course(List<String> names, List<byte[]> encoded, boolean random, int bytes) {}

    private final Peer peer;
    private final Course course;
    private final @Nullable Tally[] tallies;
    private final Random random;
    private final long[] ids;
    private final int[] numbers;
    private final int[] targets;
    private final long[] due;
    private final boolean[] answered;
    private final int mask;
    private final boolean selfPaced;

    private long head;
    private long next;
    private long tail;
    private long left;
    private long acceptedCount;
    private int turn;

    Outgoing(Peer peer, Course course, long each, int window, boolean selfPaced, long seed) {
        this.peer = peer;
        this.course = course;
        this.left = each;
        this.selfPaced = selfPaced;
        this.random = new Random(seed);
        this.turn = random.nextInt(course.names().size());
        int slots = Integer.highestOneBit(Math.max(2, window) * 2 - 1);
        this.mask = slots - 1;
        this.ids = new long[slots];
        this.numbers = new int[slots];
        this.targets = new int[slots];
        this.due = new long[slots];
        this.answered = new boolean[slots];
        this.tallies = new Tally[course.names().size()];
    }

    /** A new connection: everything unanswered is to be sent again. */
    void connected() {
        next = head;
    }

    /** No more new messages. */
    void stop() {
        left = 0;
    }

    long unanswered() {
        return tail - head;
    }

    long acceptedCount() {
        return acceptedCount;
    }

    boolean isFinished() {
        return left == 0 && head == tail;
    }

    /** One message more, due at that instant; false if the window is full, or all are sent. */
    boolean create(long dueNanos) {
        if (left == 0 || tail - head > mask) {
            return false;
        }
        int slot = (int) tail & mask;
        int target = course.random()
                ? random.nextInt(course.names().size())
                : turn++ % course.names().size();
        ids[slot] = peer.newId();
        numbers[slot] = tally(target).send();
        targets[slot] = target;
        due[slot] = dueNanos;
        answered[slot] = false;
        tail++;
        left--;
        peer.group().sentCount++;
        return true;
    }

    private Tally tally(int target) {
        Tally tally = tallies[target];
        if (tally == null) {
            tally = peer.ledger().tally(peer.name(), course.names().get(target));
            tallies[target] = tally;
        }
        return tally;
    }

    /** Puts as many SENDs as there are and as have room into the buffer. */
    void fill(ByteBuffer out, Stamp stamp, long now) {
        while (next < tail || (selfPaced && create(now))) {
            int slot = (int) next & mask;
            byte[] recipient = course.encoded().get(targets[slot]);
            if (ClientFrames.sendSize(recipient.length, Math.max(course.bytes(), Stamp.BYTES)) > out.remaining()) {
                return;
            }
            if (!answered[slot]) {
                ClientFrames.send(
                        out,
                        ids[slot],
                        recipient,
                        stamp.body(peer.encoded(), recipient, numbers[slot], ids[slot], due[slot], course.bytes()));
            }
            next++;
        }
    }

    /** ACCEPTED: everything up to this id. */
    void accepted(long id, long now) {
        while (head < next && Long.compareUnsigned(ids[(int) head & mask], id) <= 0) {
            int slot = (int) head & mask;
            if (!answered[slot]) {
                acceptedCount++;
                tally(targets[slot]).accepted(numbers[slot]);
                peer.group().accepted(now - due[slot]);
            }
            head++;
        }
    }

    /** REJECTED, or DUPLICATE, which is as good as accepted. */
    void rejected(long id, boolean duplicate, long now) {
        for (long at = head; at < next; at++) {
            int slot = (int) at & mask;
            if (ids[slot] == id && !answered[slot]) {
                answered[slot] = true;
                if (duplicate) {
                    acceptedCount++;
                    tally(targets[slot]).accepted(numbers[slot]);
                    peer.group().accepted(now - due[slot]);
                } else {
                    tally(targets[slot]).refused(numbers[slot]);
                }
                break;
            }
        }
        while (head < next && answered[(int) head & mask]) {
            head++;
        }
    }
}
