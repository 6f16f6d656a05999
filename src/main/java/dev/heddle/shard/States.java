package dev.heddle.shard;

import dev.heddle.log.StorageFullException;
import java.util.ArrayList;
import java.util.List;

/**
 * The users whose state has to be written again at the end of this cycle, each once; the shard's owner only. Bounded by the
 * users that one cycle touches.
 */
final class States {
    private final Users users;
    private final Journal journal;
    private final List<User> due = new ArrayList<>();

    States(Users users, Journal journal) {
        this.users = users;
        this.journal = journal;
    }

    void due(User user) {
        user.dirty = true;
        if (!user.stateDue) {
            user.stateDue = true;
            users.hold(user);
            due.add(user);
        }
    }

    /**
     * Writes them. A full disk takes none: then a crash forgets these ACKs and times, which the protocol allows; what was
     * accepted is not concerned.
     */
    void flush() {
        boolean full = journal.isTight();
        for (User user : due) {
            if (!full && user.stored) {
                try {
                    journal.user(user);
                } catch (StorageFullException noRoom) {
                    full = true;
                }
            }
            user.stateDue = false;
            users.release(user);
        }
        due.clear();
    }
}
