package dev.heddle.shard;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What of each log segment is still needed, oldest first; the shard's owner only. Bounded by the number of segments. A
 * segment is needed for the messages in it that wait in an inbox, for the states whose newest record stands in it, and for last
 * words: a sender's newest message, where no state of that sender has followed it, is all that says how far its ids have come.
 */
final class Accounts {
    /** A state that so many segments have followed, and no more, is still fresh. */
    private static final int STATE_LAG = 4;

    /** One segment's account; {@code end} of the active one is not known yet. */
    static final class Segment {
        final long base;
        long liveBytes;
        long stateBytes;
        int lastWords;
        long newestMillis;
        /** It says what is counted nowhere, and so it goes when it is the oldest, and not before. */
        boolean goesInOrder;

        private Segment(long base) {
            this.base = base;
        }

        boolean isDead() {
            return liveBytes == 0 && stateBytes == 0 && lastWords == 0;
        }
    }

    private final List<Segment> segments = new ArrayList<>();
    private int hit;
    private long messages;
    private long liveBytes;
    private long stateBytes;

    /** The segment that is appended to now. */
    void active(long base) {
        if (segments.isEmpty() || segments.getLast().base < base) {
            segments.add(new Segment(base));
        }
    }

    void live(long position, long length) {
        at(position).liveBytes += length;
        liveBytes += length;
        messages++;
    }

    void dead(long position, long length) {
        Segment segment = at(position);
        segment.liveBytes -= length;
        liveBytes -= length;
        messages--;
        assert segment.liveBytes >= 0 : "segment " + segment.base + " has less than nothing that lives";
    }

    /** A state's newest record, always of the same length, has moved; from -1: it had none. */
    void state(long from, long to, int length) {
        if (from >= 0) {
            at(from).stateBytes -= length;
        } else {
            stateBytes += length;
        }
        at(to).stateBytes += length;
    }

    /** A record at {@code position} says that a user is forgotten; its newest state stood at {@code from}, or nowhere (-1). */
    void forgotten(long from, long position, int length) {
        if (from >= 0) {
            at(from).stateBytes -= length;
            stateBytes -= length;
        }
        at(position).goesInOrder = true;
    }

    /** A sender's last word, which stood there or, with -1, nowhere, is in the active segment from now on. */
    void lastWord(long from) {
        Segment last = segments.getLast();
        if (from < last.base) {
            covered(from);
            last.lastWords++;
        }
    }

    /** A state has followed the last word that stands there; with -1 there was none. */
    void covered(long position) {
        if (position >= 0) {
            Segment segment = at(position);
            segment.lastWords--;
            assert segment.lastWords >= 0 : "segment " + segment.base + " has fewer last words than none";
        }
    }

    /** A run began where this position is; the one before, whose last record says until when it went, ended shortly before. */
    void begins(long position) {
        int index = indexOf(position);
        segments.get(index).goesInOrder = true;
        if (index > 0) {
            segments.get(index - 1).goesInOrder = true;
        }
    }

    /** This segment is from a checkpoint, which says neither where runs began nor whose last words there are. */
    void inherited(long base) {
        at(base).goesInOrder = true;
    }

    void newest(long millis) {
        Segment last = segments.getLast();
        last.newestMillis = Math.max(last.newestMillis, millis);
    }

    /** Messages that wait. */
    long messages() {
        return messages;
    }

    /** Bytes of messages that wait. */
    long liveBytes() {
        return liveBytes;
    }

    /** Bytes of the newest state of everybody. */
    long stateBytes() {
        return stateBytes;
    }

    /** Bytes of everything that is still needed: the rest is garbage. */
    long neededBytes() {
        return liveBytes + stateBytes;
    }

    int count() {
        return segments.size();
    }

    List<Segment> all() {
        return Collections.unmodifiableList(segments);
    }

    Segment oldest() {
        return segments.getFirst();
    }

    /** Whether a state that stands there is so old that its user gets a new one when it next sends or is sent something. */
    boolean isStale(long position) {
        return segments.size() - 1 - indexOf(position) > STATE_LAG;
    }

    /**
     * Whether a segment can go. Of the oldest no last word has to be known: the state of its sender stands before it, hence in the
     * oldest as well, and keeps that until a later one takes its place, which says as much.
     *
     * @param index of all, oldest first; not the last
     */
    boolean isSpent(int index) {
        Segment segment = segments.get(index);
        return segment.isDead() && (index == 0 || !segment.goesInOrder);
    }

    /** A spent one is gone. */
    void remove(int index) {
        assert isSpent(index) : "segment " + segments.get(index).base + " is still needed";
        segments.remove(index);
        hit = 0;
    }

    private Segment at(long position) {
        return segments.get(indexOf(position));
    }

    private int indexOf(long position) {
        int last = segments.size() - 1;
        if (position >= segments.get(last).base) {
            return last;
        }
        if (hit < last && segments.get(hit).base <= position && position < segments.get(hit + 1).base) {
            return hit;
        }
        int low = 0;
        int high = last;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (segments.get(middle).base <= position) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        hit = low;
        return low;
    }
}
