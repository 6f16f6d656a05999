package dev.heddle.verify.load;

import dev.heddle.wire.PresenceState;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of each user's presence, by who logs them in and out; any thread. Between asking and being told the truth is
 * open: a user who is {@code ENTERING} may rightly be called online or as before. Bounded: a user's last 32 changes are kept, and those since their visit began.
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

    private final Map<Integer, Life> lives = new ConcurrentHashMap<>();

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

    /** Whether an answer that was asked for and came at these instants can have been true in between. */
    boolean isPossible(int user, int state, long asked, long answered) {
        Set<PresenceState> possible = EnumSet.noneOf(PresenceState.class);
        Life life = lives.get(user);
        long until = answered;
        while (life != null) {
            if (life.since() - until <= 0) {
                add(life, possible);
                until = life.since();
            }
            if (life.since() - asked <= 0) {
                break;
            }
            life = life.before();
        }
        if (life == null) {
            possible.add(PresenceState.NEVER_SEEN);
        }
        PresenceState said = PresenceState.of(state);
        return said != null && possible.contains(said);
    }

    private static void add(Life life, Set<PresenceState> possible) {
        switch (life.phase()) {
            case ONLINE -> possible.add(PresenceState.ONLINE);
            case OFFLINE -> possible.add(PresenceState.OFFLINE);
            case LEAVING -> {
                possible.add(PresenceState.ONLINE);
                possible.add(PresenceState.OFFLINE);
            }
            case ENTERING -> {
                possible.add(PresenceState.ONLINE);
                possible.add(life.before() == null ? PresenceState.NEVER_SEEN : PresenceState.OFFLINE);
            }
        }
    }

    int users() {
        return lives.size();
    }
}
