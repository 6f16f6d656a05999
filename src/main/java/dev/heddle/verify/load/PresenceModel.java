package dev.heddle.verify.load;

import dev.heddle.wire.PresenceState;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of each user's presence, by who logs them in and out; any thread. Between asking and being told the truth is
 * open: a user who is {@code ENTERING} may rightly be called online or as before. An answer also says when the user was last
 * seen: at the latest login, or at the end of the session. Bounded: a user's last 32 changes are kept, and those since their
 * visit began.
 */
final class PresenceModel {
    /** A stretch of a user's life. */
    enum Phase {
        ENTERING,
        ONLINE,
        LEAVING,
        OFFLINE
    }

    private record Life(
            Phase phase, long since, int depth, @Nullable Life before) {}

    private static final int DEEPEST = 32;

    /** The last seen time of a user who was never there. */
    static final long NEVER = Long.MIN_VALUE;

    private final Map<Integer, Life> lives = new ConcurrentHashMap<>();
    private final long toleranceNanos;

    /** @param toleranceNanos how far a last seen time may be off: what the server's clock and this one differ by */
    PresenceModel(long toleranceNanos) {
        this.toleranceNanos = toleranceNanos;
    }

    /** From this instant on. */
    void now(int user, Phase phase, long nanos) {
        lives.compute(user, (number, before) -> {
            int depth = before == null ? 0 : before.depth() + 1;
            // Cut between two visits only: what ENTERING comes from decides what is true meanwhile.
            return before == null || depth < DEEPEST || phase != Phase.ENTERING
                    ? new Life(phase, nanos, depth, before)
                    : new Life(phase, nanos, 1, new Life(before.phase(), before.since(), 0, null));
        });
    }

    /**
     * Whether an answer that was asked for and came at these instants can have been true in between.
     *
     * @param seen the last seen time that it gave, on the clock of these instants; {@link #NEVER} for 0
     */
    boolean isPossible(int user, int state, long seen, long asked, long answered) {
        PresenceState said = PresenceState.of(state);
        Life life = lives.get(user);
        long until = answered;
        while (life != null) {
            if (life.since() - until <= 0) {
                if (isTrue(life, said, seen, answered)) {
                    return true;
                }
                until = life.since();
            }
            if (life.since() - asked <= 0) {
                return false;
            }
            life = life.before();
        }
        return said == PresenceState.NEVER_SEEN && seen == NEVER;
    }

    private boolean isTrue(Life life, @Nullable PresenceState said, long seen, long answered) {
        Life before = life.before();
        return switch (life.phase()) {
            case ONLINE -> said == PresenceState.ONLINE && isSeen(seen, before, life.since());
            case OFFLINE -> said == PresenceState.OFFLINE && isSeen(seen, before, life.since());
            case LEAVING ->
                (said == PresenceState.OFFLINE && isSeen(seen, life, answered))
                        || (said == PresenceState.ONLINE && before != null && isTrue(before, said, seen, answered));
            case ENTERING ->
                (said == PresenceState.ONLINE && isSeen(seen, life, answered))
                        || (before == null
                                ? said == PresenceState.NEVER_SEEN && seen == NEVER
                                : isTrue(before, said, seen, answered));
        };
    }

    /** Whether a last seen time lies between the beginning of a stretch, which may have been forgotten, and an instant. */
    private boolean isSeen(long seen, @Nullable Life from, long to) {
        return seen != NEVER && seen - to <= toleranceNanos && (from == null || from.since() - seen <= toleranceNanos);
    }

    int users() {
        return lives.size();
    }
}
