package dev.heddle.edge;

import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Whether the poller looks once more for something to read instead of going to sleep; the poller's thread only, a few numbers.
 *
 * <p>To fall asleep and to be woken costs more than all else that a message meets on a quiet server, most of all because a
 * processor that has slept is slow at first. So where something was handled whose answer is under way, the poller stays awake
 * until that is out and the client had time for its reaction, however long the disk takes within reason. It learns: where
 * that comes to nothing more often than not it is tried only now and then, so that traffic which is not a conversation costs
 * next to nothing.
 */
final class BusyPoll {
    /** How long it waits for an answer to go out: nearly all forces of a good disk take less, also in its bad moments. */
    private static final long LONGEST_NANOS = 2_000_000;

    /** How long it waits for somebody to react to an answer. */
    private static final long REACTION_NANOS = 200_000;

    private static final int MOST_CREDIT = 16;

    /** A wait in vain costs more than one that was worth it gains: an ACK that follows on a delivery is no conversation. */
    private static final int PRICE = 2;

    /** Where there is no credit, one in so many is tried. */
    private static final int TRIAL = 64;

    private final BooleanSupplier answers;
    private final LongSupplier nanos;

    private int credit = MOST_CREDIT;
    private int passedOver;
    private boolean waits;
    private long begun;
    private long lastAnswering;

    /** @param answers whether clients are going to be told something soon, without having to do anything for it */
    BusyPoll(BooleanSupplier answers, LongSupplier nanos) {
        this.answers = answers;
        this.nanos = nanos;
    }

    /**
     * Something was read.
     *
     * @param alone whether it was all there was
     */
    void read(boolean alone) {
        if (waits) {
            credit = Math.min(MOST_CREDIT, credit + 1);
        }
        waits = alone && answers.getAsBoolean() && isWorthIt();
        if (waits) {
            begun = nanos.getAsLong();
            lastAnswering = begun;
        }
    }

    private boolean isWorthIt() {
        if (credit > 0) {
            return true;
        }
        passedOver++;
        return passedOver % TRIAL == 0;
    }

    /** Whether to look at once. */
    boolean looks() {
        if (!waits) {
            return false;
        }
        long now = nanos.getAsLong();
        if (answers.getAsBoolean()) {
            lastAnswering = now;
        }
        if (now - begun < LONGEST_NANOS && now - lastAnswering < REACTION_NANOS) {
            return true;
        }
        waits = false;
        credit = Math.max(0, credit - PRICE);
        return false;
    }
}
