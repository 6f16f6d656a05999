package dev.heddle.shard;

import com.google.errorprone.annotations.CheckReturnValue;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Removes from inboxes, in steps, very many messages that are acknowledged or too old; the shard's owner only. Bounded by the
 * users who log in: a login waits until the inbox is clear.
 */
final class Clearing {
    /** Messages that a step removes: a millisecond or so where each has to be read. */
    private static final int STEP_MESSAGES = 1024;

    private final Users users;
    private final Delivery delivery;
    private final Deque<User> waiting = new ArrayDeque<>();

    Clearing(Users users, Delivery delivery) {
        this.users = users;
        this.delivery = delivery;
    }

    /** Whether nothing in the user's inbox is to be removed; if there is much, {@link #step} goes on with it. */
    @CheckReturnValue
    boolean isClear(User user, long now) {
        if (user.clearing) {
            return false;
        }
        if (delivery.shed(user, now, STEP_MESSAGES) < STEP_MESSAGES) {
            return true;
        }
        user.clearing = true;
        users.hold(user);
        waiting.add(user);
        return false;
    }

    boolean hasSteps() {
        return !waiting.isEmpty();
    }

    /** Removes some more. */
    void step(long now) {
        User user = waiting.poll();
        if (user == null) {
            return;
        }
        if (delivery.shed(user, now, STEP_MESSAGES) < STEP_MESSAGES) {
            user.clearing = false;
            users.release(user);
        } else {
            waiting.add(user);
        }
    }
}
