package dev.heddle.shard;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.log.StorageFullException;

/**
 * Removes users and frees their room: users that never logged in or sent anything, once nothing waits for them; and users that
 * an operator removes. The shard's owner only, on a thread that may touch the store. Its only state is two counters.
 *
 * <p>A USER record in the log marks the removal: earlier records of that user are ignored. The segment with the mark is deleted
 * after all older ones ({@link Accounts}), so a start never reads those records without the mark. If the name is used again, its
 * inbox begins above the seqs of all users removed before: a client may have seen those.
 */
final class Forgetting {
    /** Messages that one step of a removal drops. */
    private static final int STEP = 16 * 1024;

    private final Users users;
    private final Journal journal;
    private long removed;
    private long recordedAt = -1;

    Forgetting(Users users, Journal journal) {
        this.users = users;
        this.journal = journal;
    }

    /** Forgets a user that is unused, unless the disk is full. */
    void ifUnused(User user) {
        if (user.isUnused() && isWrittenDown(user)) {
            users.forget(user);
        }
    }

    /** As {@link #ifUnused}, during a walk through all users; the walk removes the user from the store. */
    void ifUnusedAmongAll(User user) {
        if (user.isUnused() && isWrittenDown(user)) {
            users.forgetAmongAll(user);
        }
    }

    private boolean isWrittenDown(User user) {
        if (user.statePosition < 0) {
            // The log knows nothing of it.
            return true;
        }
        if (journal.isTight()) {
            return false;
        }
        try {
            long _ = journal.forgotten(user);
            return true;
        } catch (StorageFullException full) {
            return false;
        }
    }

    /** Removes some of what waits for a user who has no session; and, when nothing does, the user. */
    @CheckReturnValue
    Removal remove(byte[] name) {
        User user = users.load(name);
        if (user == null || !user.stored) {
            return new Removal(Removal.State.UNKNOWN, 0);
        }
        Inbox inbox = user.inbox;
        int count = 0;
        for (; count < STEP && !inbox.isEmpty(); count++) {
            int length = inbox.headLength();
            journal.accounts().dead(inbox.headPosition(), length);
            inbox.cursor = Seq.later(inbox.cursor, inbox.headSeq());
            inbox.removeHead(length);
        }
        removed += count;
        user.dirty = true;
        if (!inbox.isEmpty()) {
            return new Removal(Removal.State.MORE, count);
        }
        try {
            recordedAt = journal.forgotten(user);
        } catch (StorageFullException full) {
            return new Removal(Removal.State.FULL, count);
        }
        users.forget(user);
        return new Removal(Removal.State.DONE, count);
    }

    /** Where the log says that the latest of them was removed; -1: nobody was. */
    long recordedAt() {
        return recordedAt;
    }

    /** Messages that went with users who were removed. */
    long removed() {
        return removed;
    }
}
