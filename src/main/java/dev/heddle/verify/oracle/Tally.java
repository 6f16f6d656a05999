package dev.heddle.verify.oracle;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.BitSet;

/**
 * One sender's messages to one recipient, three bits each; one thread at a time. The sender's process fills in what was sent
 * and answered, the recipient's what arrived; {@link #add} puts both together.
 */
public final class Tally {
    private final BitSet accepted = new BitSet();
    private final BitSet refused = new BitSet();
    private final BitSet arrived = new BitSet();
    private int sent;
    private int last = -1;
    private long lastId;
    private long repeated;
    private long reordered;
    private long corrupted;

    /** The next message's number. */
    public int send() {
        return sent++;
    }

    /** The server said ACCEPTED, or DUPLICATE, which says the same. */
    public void accepted(int number) {
        accepted.set(number);
    }

    /** The server said REJECTED. */
    public void refused(int number) {
        refused.set(number);
    }

    /** A message came, with this number and id. */
    public void arrived(int number, long id) {
        if (number < 0) {
            corrupted++;
            return;
        }
        if (arrived.get(number)) {
            repeated++;
            return;
        }
        arrived.set(number);
        if (number < last || Long.compareUnsigned(id, lastId) <= 0) {
            reordered++;
        }
        last = Math.max(last, number);
        lastId = id;
    }

    /** A message came that is not what was sent. */
    public void corrupted() {
        corrupted++;
    }

    /** A message came whose seq was not above all before it. */
    public void repeated() {
        repeated++;
    }

    /** Adds what another process saw of this pair. */
    void add(Tally other) {
        sent = Math.max(sent, other.sent);
        accepted.or(other.accepted);
        refused.or(other.refused);
        BitSet twice = (BitSet) arrived.clone();
        twice.and(other.arrived);
        repeated += other.repeated + twice.cardinality();
        arrived.or(other.arrived);
        reordered += other.reordered;
        corrupted += other.corrupted;
    }

    /** Adds this pair to the sum of all. */
    void judge(Pair pair, Verdict verdict) {
        BitSet lost = (BitSet) accepted.clone();
        lost.andNot(arrived);
        BitSet ghosts = (BitSet) arrived.clone();
        ghosts.and(refused);
        BitSet answered = (BitSet) accepted.clone();
        answered.or(refused);
        int invented = arrived.cardinality() - arrived.get(0, sent).cardinality();
        verdict.count(sent, accepted.cardinality(), refused.cardinality(), arrived.cardinality());
        verdict.wrong("lost", pair, lost.cardinality(), lost.nextSetBit(0));
        verdict.wrong("duplicated", pair, repeated, -1);
        verdict.wrong("reordered", pair, reordered, -1);
        verdict.wrong("corrupted", pair, corrupted + invented, -1);
        verdict.wrong("rejected, yet delivered", pair, ghosts.cardinality(), ghosts.nextSetBit(0));
        verdict.wrong("never answered", pair, sent - answered.cardinality(), answered.nextClearBit(0));
    }

    /** Accepted messages that have not arrived. */
    int missing() {
        BitSet lost = (BitSet) accepted.clone();
        lost.andNot(arrived);
        return lost.cardinality();
    }

    void write(DataOutput out) throws IOException {
        out.writeInt(sent);
        out.writeLong(repeated);
        out.writeLong(reordered);
        out.writeLong(corrupted);
        for (BitSet bits : new BitSet[] {accepted, refused, arrived}) {
            byte[] bytes = bits.toByteArray();
            out.writeInt(bytes.length);
            out.write(bytes);
        }
    }

    static Tally read(DataInput in) throws IOException {
        Tally tally = new Tally();
        tally.sent = in.readInt();
        tally.repeated = in.readLong();
        tally.reordered = in.readLong();
        tally.corrupted = in.readLong();
        for (BitSet bits : new BitSet[] {tally.accepted, tally.refused, tally.arrived}) {
            byte[] bytes = new byte[in.readInt()];
            in.readFully(bytes);
            bits.or(BitSet.valueOf(bytes));
        }
        return tally;
    }
}
