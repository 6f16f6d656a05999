package dev.heddle.edge;

import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Whether the poller looks once more for something to read instead of going to sleep; the poller's thread only, a few numbers.
 *
 * <p>To fall asleep and to be woken costs more than all else that a message meets on a quiet server, most of all because a
 * processor that has slept is slow at first. So where something was handled whose answer is under way, the poller stays awake
 * until that is out and the client had time for its reaction, however long the disk takes within reason. It learns: where no
 * reaction comes more often than not it is tried only now and then, so that traffic which is not a conversation costs next to
 * nothing. What comes before the answer, as an ACK does, is no reaction.
 */
final class BusyPoll {
    /** How long it waits for an answer to go out: nearly all forces of a good disk take less, also in its bad moments. */
    private static final long LONGEST_NANOS = 2_000_000;

    /** How long it waits for somebody to react to an answer. */
    private static final long REACTION_NANOS = 200_000;

    private static final int MOST_CREDIT = 16;

    /** A wait in vain costs more than one that was worth it gains. */
    private static final int PRICE = 2;

    /** Where there is no credit, one in so many is tried. */
    private static final int TRIAL = 64;

    private final BooleanSupplier underWay;
    private final LongSupplier out;
    private final LongSupplier nanos;

    private int credit = MOST_CREDIT;
    private int passedOver;
    private boolean waits;
    /** Answers that had gone out when the wait began. */
    private long outBefore;
    /** Since then one has gone out, and the wait is for the reaction. */
    private boolean answered;
    /** When the wait for the answer began, or that for the reaction. */
    private long since;

    /**
     * @param underWay whether clients are going to be told something soon, without having to do anything for it
     * @param out how many times that has been done
     */
    BusyPoll(BooleanSupplier underWay, LongSupplier out, LongSupplier nanos) {
        this.underWay = underWay;
        this.out = out;
        this.nanos = nanos;
    }

    /**
     * Something was read.
     *
     * @param alone whether it was all there was
     */
    void read(boolean alone) {
        if (waits && alone && !isAnswered()) {
            return;
        }
        if (waits && answered) {
            credit = Math.min(MOST_CREDIT, credit + 1);
        }
        waits = alone && underWay.getAsBoolean() && isWorthIt();
        answered = false;
        if (waits) {
            outBefore = out.getAsLong();
            since = nanos.getAsLong();
        }
    }

    private boolean isWorthIt() {
        if (credit > 0) {
            return true;
        }
        passedOver++;
        return passedOver % TRIAL == 0;
    }

    private boolean isAnswered() {
        if (!answered && out.getAsLong() != outBefore) {
            answered = true;
            since = nanos.getAsLong();
        }
        return answered;
    }

    /** Whether to look at once. */
    boolean looks() {
        if (!waits) {
            return false;
        }
        long most = isAnswered() ? REACTION_NANOS : LONGEST_NANOS;
        if (nanos.getAsLong() - since < most) {
            return true;
        }
        waits = false;
        credit = Math.max(0, credit - PRICE);
        return false;
    }
}
