package dev.heddle.bench.load;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * What one inbox has received, held against what it must: of each sender every id once and in order, and seqs that ascend; the
 * receiving thread's. Senders leave no gap between their ids, so whatever is not the next one is a fault. Bounded: of the ids
 * that were passed over, the first ten thousand are remembered; what is missing is counted without bound.
 */
final class Sequence {
    private static final int REMEMBERED = 10_000;

    /**
     * What was wrong.
     *
     * @param lost accepted and never received
     * @param doubled received more than once
     * @param late received behind a later one of the same sender, or with a seq that does not ascend
     * @param damaged of another length, or with another body
     */
    record Faults(long lost, long doubled, long late, long damaged) {
        static final Faults NONE = new Faults(0, 0, 0, 0);

        Faults plus(Faults other) {
            return new Faults(lost + other.lost, doubled + other.doubled, late + other.late, damaged + other.damaged);
        }

        /** Throws if there is any. */
        void refuse() throws IOException {
            if (!equals(NONE)) {
                throw new IOException(
                        "lost " + lost + ", doubled " + doubled + ", late " + late + ", damaged " + damaged);
            }
        }
    }

    private record Missing(int sender, long id) {}

    private final long[] next;
    private final Set<Missing> missing = new HashSet<>();
    private long seq;
    private long lost;
    private long doubled;
    private long late;
    private long damaged;

    /** For senders with the numbers 0 to {@code senders} - 1, who write to nobody else. */
    Sequence(int senders) {
        next = new long[senders];
    }

    /** The next message of this sender has this id. */
    void expect(int sender, long id) {
        next[sender] = id;
    }

    /** One has been received. */
    void received(int sender, long receivedSeq, long id) {
        boolean ascends = receivedSeq > seq;
        seq = receivedSeq;
        if (sender < next.length && next[sender] == id && ascends) {
            next[sender] = id + 1;
        } else {
            notTheNext(sender, id, ascends);
        }
    }

    private void notTheNext(int sender, long id, boolean ascends) {
        if (sender >= next.length) {
            damaged++;
            return;
        }
        if (id >= next[sender]) {
            passedOver(sender, id);
            next[sender] = id + 1;
            late += ascends ? 0 : 1;
        } else if (missing.remove(new Missing(sender, id))) {
            lost--;
            late++;
        } else {
            doubled++;
        }
    }

    private void passedOver(int sender, long id) {
        lost += id - next[sender];
        for (long passed = next[sender]; passed < id && missing.size() < REMEMBERED; passed++) {
            missing.add(new Missing(sender, passed));
        }
    }

    /** One has been received whose length or body is not what was sent. */
    void damaged() {
        damaged++;
    }

    /** The sender's last message was the one before this id: what has not come by now is lost. */
    void end(int sender, long id) {
        if (id > next[sender]) {
            lost += id - next[sender];
            next[sender] = id;
        }
    }

    Faults faults() {
        return new Faults(lost, doubled, late, damaged);
    }

    /** The highest so far. */
    long seq() {
        return seq;
    }
}
