package dev.heddle.shard;

import java.util.Locale;

/**
 * What became of every message of a run. Each figure is counted where it happens and none is worked out from another, so
 * that their balance says something: a message that got lost, came twice or vanished from its inbox shows.
 *
 * @param waitingBefore in the inboxes when the run began, counted when they had been filled
 * @param accepted stored for a SEND and forced, counted by the receipts
 * @param acknowledged removed by an ACK or a LOGIN's cursor
 * @param expired removed for their age
 * @param removed with a user whom an operator removed
 * @param stored in the checkpoint, counted as it is read back from the disk
 */
public record Ledger(long waitingBefore, long accepted, long acknowledged, long expired, long removed, long stored) {
    /** Of nothing. */
    public static final Ledger EMPTY = new Ledger(0, 0, 0, 0, 0, 0);

    public Ledger plus(Ledger other) {
        return new Ledger(
                waitingBefore + other.waitingBefore,
                accepted + other.accepted,
                acknowledged + other.acknowledged,
                expired + other.expired,
                removed + other.removed,
                stored + other.stored);
    }

    /** How many more messages came than are accounted for: above 0 that many are missing, below 0 too many are there. */
    public long difference() {
        return accepted + waitingBefore - acknowledged - expired - removed - stored;
    }

    public boolean balances() {
        return difference() == 0;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "accepted %,d + waiting at start %,d %s acknowledged %,d + expired %,d%s + stored %,d",
                accepted,
                waitingBefore,
                balances() ? "=" : "is not",
                acknowledged,
                expired,
                removed == 0 ? "" : String.format(Locale.ROOT, " + removed %,d", removed),
                stored);
    }
}
