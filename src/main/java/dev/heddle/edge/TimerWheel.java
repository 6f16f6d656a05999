package dev.heddle.edge;

import org.jspecify.annotations.Nullable;

/**
 * What is to be looked at when; the poller's thread only. Bounded: a place in a list for each entry, which brings it along, and
 * a fixed number of slots, however many are due at once.
 *
 * <pre>
 *   slots:  | ... | tick: now | tick + 1 | ... |     each the head of a list; a tick is {@value #TICK_MILLIS} ms
 * </pre>
 *
 * An entry comes out no more than a tick after its time. One whose time is farther away than the wheel reaches comes out early:
 * who looks at it finds nothing due, and sets it again.
 */
final class TimerWheel {
    static final long TICK_MILLIS = 128;

    private static final int SLOTS = 1024;

    /** What can be set in a wheel, one at a time. */
    abstract static class Entry {
        private static final int NOT_SET = -1;

        private @Nullable Entry next;
        private @Nullable Entry before;
        private int slot = NOT_SET;
    }

    private final @Nullable Entry[] slots = new @Nullable Entry[SLOTS];
    /** The next one that may hold what is due. */
    private long tick;

    private int entries;

    /** @param millis now */
    TimerWheel(long millis) {
        tick = Math.floorDiv(millis, TICK_MILLIS);
    }

    boolean isEmpty() {
        return entries == 0;
    }

    /** Sets an entry, or sets it anew. */
    void set(Entry entry, long millis) {
        cancel(entry);
        long at = Math.clamp(Math.floorDiv(millis, TICK_MILLIS) + 1, tick, tick + SLOTS - 1);
        int slot = Math.floorMod(at, SLOTS);
        Entry head = slots[slot];
        entry.slot = slot;
        entry.next = head;
        if (head != null) {
            head.before = entry;
        }
        slots[slot] = entry;
        entries++;
    }

    /** Takes an entry out; nothing happens if it is not set. */
    void cancel(Entry entry) {
        if (entry.slot == Entry.NOT_SET) {
            return;
        }
        if (entry.before == null) {
            slots[entry.slot] = entry.next;
        } else {
            entry.before.next = entry.next;
        }
        if (entry.next != null) {
            entry.next.before = entry.before;
        }
        entry.next = null;
        entry.before = null;
        entry.slot = Entry.NOT_SET;
        entries--;
    }

    /** Takes out one that is due at this time; null if there is none. */
    @Nullable
    Entry poll(long millis) {
        long now = Math.floorDiv(millis, TICK_MILLIS);
        // A wheel that has stood still for longer than it reaches looks into each slot once.
        tick = Math.max(tick, now - SLOTS + 1);
        while (tick <= now) {
            Entry due = slots[Math.floorMod(tick, SLOTS)];
            if (due != null) {
                cancel(due);
                return due;
            }
            tick++;
        }
        return null;
    }
}
