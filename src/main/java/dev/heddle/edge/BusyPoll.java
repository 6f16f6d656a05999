package dev.heddle.edge;

/**
 * Whether the poller looks once more for something to read instead of going to sleep; the poller's thread only, three numbers.
 *
 * <p>To fall asleep and to be woken costs more than all else that a message meets on a quiet server, most of all because a
 * processor that has slept is slow at first. So where something was handled whose answer is under way, the poller stays awake
 * as long as a good disk takes for a force and a client for its reaction. It learns: where that comes to nothing more often
 * than not it is tried only now and then, so that traffic which is not a conversation costs next to nothing.
 */
final class BusyPoll {
    /** Each takes a microsecond or two, and lets other threads go first. */
    private static final int LOOKS = 200;

    private static final int MOST_CREDIT = 16;

    /** A wait in vain costs more than one that was worth it gains: an ACK that follows on a delivery is no conversation. */
    private static final int PRICE = 2;

    /** Where there is no credit, one in so many is tried. */
    private static final int TRIAL = 64;

    private int credit = MOST_CREDIT;
    private int passedOver;
    private int looks;

    /**
     * Something was read.
     *
     * @param answerable whether it was all there was, and has caused what is going to be answered
     */
    void read(boolean answerable) {
        if (looks > 0) {
            credit = Math.min(MOST_CREDIT, credit + 1);
        }
        looks = answerable && isWorthIt() ? LOOKS : 0;
    }

    private boolean isWorthIt() {
        if (credit > 0) {
            return true;
        }
        passedOver++;
        return passedOver % TRIAL == 0;
    }

    /** Whether to look at once; each time that it says so counts as a look. */
    boolean looks() {
        if (looks == 0) {
            return false;
        }
        looks--;
        if (looks == 0) {
            credit = Math.max(0, credit - PRICE);
        }
        return true;
    }
}
