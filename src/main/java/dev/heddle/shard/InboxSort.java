package dev.heddle.shard;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Puts the messages of an inbox in order, of which recovery may have found some late and some twice; the thread that starts the
 * shard. A natural merge sort: what stands in ascending order already is a run, and runs are merged as they come, each with those
 * of about its own length. All of it happens in the backlog's slots, which are given back as they are read, so that it needs 32
 * objects on the heap and some slots, however many messages there are.
 */
final class InboxSort {
    /** As many as a number of runs can have binary digits. */
    private static final int LEVELS = 32;

    private final Accounts accounts;

    /** @param accounts is told what is not needed because a later copy of it is there */
    InboxSort(Accounts accounts) {
        this.accounts = accounts;
    }

    /** By seq, each once: of several copies the one that stands last in the log stays. */
    void sort(Inbox inbox) throws IOException {
        if (isSorted(inbox)) {
            return;
        }
        @Nullable Inbox[] levels = new @Nullable Inbox[LEVELS];
        while (!inbox.isEmpty()) {
            Inbox run = takeRun(inbox);
            int level = 0;
            for (Inbox other = levels[0]; other != null; other = levels[level]) {
                run = merge(other, run);
                levels[level] = null;
                level++;
            }
            levels[level] = run;
        }
        Inbox whole = inbox.beside();
        for (Inbox run : levels) {
            if (run != null) {
                whole = merge(run, whole);
            }
        }
        inbox.takeOver(whole);
    }

    private static boolean isSorted(Inbox inbox) {
        Inbox.Walk walk = inbox.walk();
        long last = 0;
        for (int left = inbox.count; left > 0; left--) {
            walk.next();
            if (!Seq.isAbove(walk.seq(), last)) {
                return false;
            }
            last = walk.seq();
        }
        return true;
    }

    private static Inbox takeRun(Inbox inbox) throws IOException {
        Inbox run = inbox.beside();
        long last;
        do {
            last = inbox.headSeq();
            moveHead(inbox, run);
        } while (!inbox.isEmpty() && Seq.isAbove(inbox.headSeq(), last));
        return run;
    }

    private Inbox merge(Inbox one, Inbox other) throws IOException {
        Inbox merged = one.beside();
        while (!one.isEmpty() && !other.isEmpty()) {
            if (one.headSeq() == other.headSeq()) {
                Inbox older = one.headPosition() < other.headPosition() ? one : other;
                accounts.dead(older.headPosition(), older.headLength());
                older.removeHead(older.headLength());
            } else {
                moveHead(Seq.isAbove(other.headSeq(), one.headSeq()) ? one : other, merged);
            }
        }
        Inbox rest = one.isEmpty() ? other : one;
        if (merged.isEmpty()) {
            return rest;
        }
        while (!rest.isEmpty()) {
            moveHead(rest, merged);
        }
        return merged;
    }

    private static void moveHead(Inbox from, Inbox to) throws IOException {
        long seq = from.headSeq();
        long position = from.headPosition();
        int length = from.headLength();
        from.removeHead(length);
        if (!to.reserve()) {
            throw Rebuild.noRoom();
        }
        to.append(seq, position, length);
    }
}
