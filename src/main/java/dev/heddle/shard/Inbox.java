package dev.heddle.shard;

import com.google.errorprone.annotations.CheckReturnValue;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The messages that wait for one user, oldest first, and how far they have got; the shard's owner only. Constant in size:
 * the entries lie in the {@link Backlog}, the messages in the log.
 *
 * <pre>
 *    cursor          head ...        next ...          tail
 *    acknowledged  | sent, waiting  | not yet sent     | lastSeq
 *                  | for the ACK    | this session     |
 * </pre>
 */
final class Inbox {
    private final Backlog backlog;

    /** The highest seq ever given in this inbox. */
    long lastSeq;
    /** Acknowledged up to here. */
    long cursor;
    /** The highest seq that any session was ever sent, as far as is known. */
    long sentSeq;

    int count;
    long bytes;

    int headSlot = Backlog.NONE;
    int headEntry;
    int tailSlot = Backlog.NONE;
    int tailEntry;

    private int nextSlot = Backlog.NONE;
    private int nextEntry;
    private int unsent;

    Inbox(Backlog backlog) {
        this.backlog = backlog;
    }

    /** Makes sure that the next {@link #append} has its place; false if the backlog's memory is used up. */
    @CheckReturnValue
    boolean reserve() {
        if (tailSlot != Backlog.NONE && tailEntry < Backlog.ENTRIES) {
            return true;
        }
        int slot = backlog.allocate();
        if (slot == Backlog.NONE) {
            return false;
        }
        if (tailSlot == Backlog.NONE) {
            headSlot = slot;
            headEntry = 0;
        } else {
            backlog.setNext(tailSlot, slot);
        }
        tailSlot = slot;
        tailEntry = 0;
        return true;
    }

    /** Adds a message at the end; {@link #reserve} said true before. */
    void append(long seq, long position, int length) {
        backlog.set(tailSlot, tailEntry, seq, position, length);
        if (unsent == 0) {
            nextSlot = tailSlot;
            nextEntry = tailEntry;
        }
        tailEntry++;
        count++;
        unsent++;
        bytes += length;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Messages that this session has not been sent yet. */
    int unsent() {
        return unsent;
    }

    long headSeq() {
        return backlog.seq(headSlot, headEntry);
    }

    /** Whether the oldest message is acknowledged, and only has to be removed. */
    boolean hasAcknowledged() {
        return count > 0 && !Seq.isAbove(headSeq(), cursor);
    }

    long headPosition() {
        return backlog.position(headSlot, headEntry);
    }

    int headLength() {
        return backlog.length(headSlot, headEntry);
    }

    /** Of the message that was added last, to an inbox that is not empty. */
    long tailSeq() {
        return backlog.seq(tailSlot, tailEntry - 1);
    }

    /** Removes the oldest message; there is one, of this length. */
    void removeHead(int length) {
        bytes -= length;
        if (unsent == count) {
            unsent--;
            stepNext();
        }
        count--;
        headEntry++;
        if (headEntry == Backlog.ENTRIES && headSlot != tailSlot) {
            int slot = headSlot;
            headSlot = backlog.next(slot);
            headEntry = 0;
            backlog.free(slot);
        }
        if (count == 0) {
            releaseSlot();
        }
    }

    /** Gives back what {@link #reserve} took for nothing. */
    void trim() {
        if (count == 0 && tailSlot != Backlog.NONE) {
            releaseSlot();
        }
    }

    private void releaseSlot() {
        backlog.free(tailSlot);
        headSlot = Backlog.NONE;
        tailSlot = Backlog.NONE;
        nextSlot = Backlog.NONE;
        headEntry = 0;
        tailEntry = 0;
        nextEntry = 0;
    }

    long nextSeq() {
        return backlog.seq(nextSlot, nextEntry);
    }

    long nextPosition() {
        return backlog.position(nextSlot, nextEntry);
    }

    int nextLength() {
        return backlog.length(nextSlot, nextEntry);
    }

    /** The next unsent message has been sent; there is one, with this seq. */
    void sentNext(long seq) {
        sentSeq = Seq.later(sentSeq, seq);
        unsent--;
        stepNext();
    }

    private void stepNext() {
        nextEntry++;
        if (nextEntry == Backlog.ENTRIES && nextSlot != tailSlot) {
            nextSlot = backlog.next(nextSlot);
            nextEntry = 0;
        }
    }

    /** A new session: everything that is not acknowledged is to be sent again. */
    void rewind() {
        nextSlot = headSlot;
        nextEntry = headEntry;
        unsent = count;
    }

    /** Where an entry stands in the backlog, until the inbox changes. */
    record Place(int slot, int entry) {}

    /**
     * Finds the entry of a seq; null if there is none. Takes a number of steps that grows with the logarithm of {@link #count},
     * once earlier searches have passed the slots in front of it.
     */
    @Nullable
    Place find(long seq) {
        int slot = isEmpty() ? Backlog.NONE : slotOf(seq);
        if (slot == Backlog.NONE) {
            return null;
        }
        int end = slot == tailSlot ? tailEntry : Backlog.ENTRIES;
        for (int entry = slot == headSlot ? headEntry : 0; entry < end; entry++) {
            if (backlog.seq(slot, entry) == seq) {
                return new Place(slot, entry);
            }
        }
        return null;
    }

    /** The last slot that begins with this seq or one below it. Sets the skips of the slots that it passes. */
    private int slotOf(long seq) {
        int[] open = new int[Backlog.LEVELS];
        Arrays.fill(open, Backlog.NONE);
        int slot = headSlot;
        while (true) {
            int level = Backlog.level(slot);
            for (int lower = 0; lower <= level; lower++) {
                if (open[lower] != Backlog.NONE) {
                    backlog.setSkip(open[lower], slot);
                    open[lower] = Backlog.NONE;
                }
            }
            int skip = backlog.skip(slot);
            if (skip == Backlog.NONE) {
                open[level] = slot;
            } else if (!Seq.isAbove(backlog.seq(skip, 0), seq)) {
                slot = skip;
                continue;
            }
            int next = slot == tailSlot ? Backlog.NONE : backlog.next(slot);
            boolean isEnd = next == Backlog.NONE
                    || (next == tailSlot && tailEntry == 0)
                    || Seq.isAbove(backlog.seq(next, 0), seq);
            if (isEnd) {
                return slot;
            }
            slot = next;
        }
    }

    long position(Place place) {
        return backlog.position(place.slot, place.entry);
    }

    void move(Place place, long position) {
        backlog.move(place.slot, place.entry, position);
    }

    /** A walk over the entries, oldest first; the inbox must not change meanwhile. */
    Walk walk() {
        return new Walk();
    }

    /** Stands before the first entry at first; {@link #next} is called {@link Inbox#count} times at most. */
    final class Walk {
        private int slot = headSlot;
        private int entry = headEntry - 1;

        void next() {
            entry++;
            if (entry == Backlog.ENTRIES) {
                slot = backlog.next(slot);
                entry = 0;
            }
        }

        long seq() {
            return backlog.seq(slot, entry);
        }

        long position() {
            return backlog.position(slot, entry);
        }

        int length() {
            return backlog.length(slot, entry);
        }
    }

    /** Has the messages of another one from now on, which is empty after this, as this one has to be before. */
    void takeOver(Inbox other) {
        trim();
        headSlot = other.headSlot;
        headEntry = other.headEntry;
        tailSlot = other.tailSlot;
        tailEntry = other.tailEntry;
        count = other.count;
        bytes = other.bytes;
        rewind();
        other.headSlot = Backlog.NONE;
        other.tailSlot = Backlog.NONE;
        other.count = 0;
        other.bytes = 0;
        other.rewind();
    }

    /** An empty one whose messages lie in the same backlog. */
    Inbox beside() {
        return new Inbox(backlog);
    }
}
