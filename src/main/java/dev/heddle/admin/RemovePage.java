package dev.heddle.admin;

import dev.heddle.shard.Removal;
import java.util.Map;

/**
 * {@code /remove?user=...}: forgets a user in every shard, with all that waits; a session ends first, as by {@link KickPage}.
 * The answer comes when no crash can bring anything of it back. Stateless. The name is not blocked: a later login creates a new user.
 */
final class RemovePage implements Route.Handler {
    /** What its client is told to wait before it comes back. */
    private static final int RETRY_MILLIS = 10_000;

    private final Inquiry inquiry;

    RemovePage(Inquiry inquiry) {
        this.inquiry = inquiry;
    }

    @Override
    public Answer answer(Request request) throws Exception {
        String name = request.parameter("user");
        byte[] user = InboxPage.user(name);
        int home = inquiry.shardOf(user);
        boolean known = false;
        long messages = 0;
        // First where its session was: those that it has elsewhere end with that.
        for (int i = 0; i < inquiry.shards(); i++) {
            int shard = (home + i) % inquiry.shards();
            Removal step;
            do {
                step = inquiry.askDurably(shard, each -> each.remove(user, RETRY_MILLIS));
                messages += step.messages();
            } while (step.state() == Removal.State.MORE);
            if (step.state() == Removal.State.FULL) {
                return Answer.error(503, "storage is full: " + name + " is not removed");
            }
            known |= step.state() == Removal.State.DONE;
        }
        return known
                ? Answer.json(Map.of("user", name, "messages", messages))
                : Answer.error(404, "nobody knows " + name);
    }
}
