package dev.heddle.shard;

/**
 * How much may come in: so many messages and so many bytes a second, and a reserve for bursts. A token bucket whose level is
 * kept as a time, so that one number, the <em>account</em>, is all there is to remember of whoever draws on it. Immutable.
 *
 * <p>What came costs as long as it would have taken at the rate allowed, by its messages or by its bytes, whichever is longer.
 * An account is the time up to which all is paid for. It never falls behind by more than the reserve, and while it is ahead
 * nothing more is to come.
 *
 * <pre>
 *   account:  | now - reserve ........ now | now ................
 *             | all the way to here is free | held back until then
 * </pre>
 *
 * @param messages a second; 0: no limit
 * @param bytes a second; 0: no limit
 * @param names a second that nobody knew before and somebody writes to; 0: no limit
 * @param reserveNanos for so long nothing may come, and then come at once
 */
public record Allowance(long messages, long bytes, long names, long reserveNanos) {
    /** Without a limit. */
    public static final Allowance UNLIMITED = new Allowance(0, 0, 0, 0);

    /** The account of somebody who has drawn on nothing yet. */
    public static final long UNUSED = Long.MIN_VALUE / 2;

    private static final long SECOND_NANOS = 1_000_000_000L;

    public Allowance {
        if (messages < 0 || bytes < 0 || names < 0 || reserveNanos < 0) {
            throw new IllegalArgumentException("an allowance must not be negative");
        }
    }

    /** One that does not ask for names. */
    public Allowance(long messages, long bytes, long reserveNanos) {
        this(messages, bytes, 0, reserveNanos);
    }

    /**
     * The account when this much more has come.
     *
     * @param now nanoseconds of the monotonic clock, the same for all that touches this account
     * @param moreMessages up to a billion
     * @param moreBytes up to a billion
     */
    public long spend(long account, long now, long moreMessages, long moreBytes) {
        return spend(account, now, moreMessages, moreBytes, 0);
    }

    /** As {@link #spend(long, long, long, long)}, with so many names, up to a billion, that are new. */
    public long spend(long account, long now, long moreMessages, long moreBytes, long moreNames) {
        long traffic = Math.max(nanos(moreMessages, messages), nanos(moreBytes, bytes));
        long cost = Math.max(traffic, nanos(moreNames, names));
        return Math.max(account, now - reserveNanos) + cost;
    }

    private static long nanos(long amount, long perSecond) {
        return perSecond == 0 ? 0 : amount * SECOND_NANOS / perSecond;
    }

    /** For how many nanoseconds nothing more is to come. */
    public long held(long account, long now) {
        return isUnlimited() ? 0 : Math.max(0, account - now);
    }

    public boolean isUnlimited() {
        return messages == 0 && bytes == 0 && names == 0;
    }
}
