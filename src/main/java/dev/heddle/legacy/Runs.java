package dev.heddle.legacy;

import com.google.errorprone.annotations.CheckReturnValue;
import java.util.Arrays;

/**
 * A set of seqs as runs of neighbours, in order; one thread at a time. Bounded by a number of runs, however many seqs they hold:
 * what would need one more is not done, and that is said.
 */
final class Runs {
    static final int MOST = 1024;

    /** Of a run. */
    static final int BYTES_EACH = 2 * Long.BYTES;

    /** Of a set with the most runs. */
    static final int BYTES = BYTES_EACH * MOST;

    /** First and last seq of each run, and so on. */
    private long[] bounds = new long[4];

    private final int most;
    private int length;

    /** @param most runs, up to {@link #MOST} */
    Runs(int most) {
        this.most = most;
    }

    boolean isEmpty() {
        return length == 0;
    }

    /** The lowest; there has to be one. */
    long first() {
        return bounds[0];
    }

    boolean contains(long seq) {
        int at = at(seq);
        return at < length && Long.compareUnsigned(bounds[at], seq) <= 0;
    }

    /** Where the first run stands that ends at this seq or above it. */
    private int at(long seq) {
        int low = 0;
        int high = length / 2;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(bounds[2 * middle + 1], seq) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return 2 * low;
    }

    /** False if there is no room for it. It was not in here. */
    @CheckReturnValue
    boolean add(long seq) {
        int at = at(seq);
        boolean joinsBefore = at > 0 && bounds[at - 1] + 1 == seq;
        boolean joinsBehind = at < length && bounds[at] == seq + 1;
        if (joinsBefore && joinsBehind) {
            close(at - 1);
        } else if (joinsBefore) {
            bounds[at - 1] = seq;
        } else if (joinsBehind) {
            bounds[at] = seq;
        } else {
            return open(at, seq, seq);
        }
        return true;
    }

    /** False if there is no room for the gap. It is in here. */
    @CheckReturnValue
    boolean remove(long seq) {
        int at = at(seq);
        boolean first = bounds[at] == seq;
        boolean last = bounds[at + 1] == seq;
        if (first && last) {
            close(at);
        } else if (first) {
            bounds[at] = seq + 1;
        } else if (last) {
            bounds[at + 1] = seq - 1;
        } else {
            return open(at + 1, seq - 1, seq + 1);
        }
        return true;
    }

    private boolean open(int at, long low, long high) {
        if (length == 2 * most) {
            return false;
        }
        if (length == bounds.length) {
            bounds = Arrays.copyOf(bounds, 2 * length);
        }
        System.arraycopy(bounds, at, bounds, at + 2, length - at);
        bounds[at] = low;
        bounds[at + 1] = high;
        length += 2;
        return true;
    }

    /** Takes two bounds out. */
    private void close(int at) {
        System.arraycopy(bounds, at + 2, bounds, at, length - at - 2);
        length -= 2;
    }
}
