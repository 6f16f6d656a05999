package dev.heddle.verify.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.verify.load.PresenceModel.Phase;
import dev.heddle.wire.PresenceState;
import org.junit.jupiter.api.Test;

final class PresenceModelTest {
    private static final int USER = 1;

    private final PresenceModel model = new PresenceModel(0);

    /** With the last seen time that is right for an answer at once. */
    private boolean may(PresenceState state, long asked, long answered) {
        for (long seen = asked - 130; seen <= answered; seen++) {
            if (model.isPossible(USER, state.code(), seen, asked, answered)) {
                return true;
            }
        }
        return model.isPossible(USER, state.code(), PresenceModel.NEVER, asked, answered);
    }

    private boolean seen(PresenceState state, long seen, long asked, long answered) {
        return model.isPossible(USER, state.code(), seen, asked, answered);
    }

    private void visit(long from) {
        model.now(USER, Phase.ENTERING, from);
        model.now(USER, Phase.ONLINE, from + 10);
        model.now(USER, Phase.LEAVING, from + 20);
        model.now(USER, Phase.OFFLINE, from + 30);
    }

    @Test
    void who_never_came_was_never_seen() {
        assertThat(may(PresenceState.NEVER_SEEN, 1, 2)).isTrue();
        assertThat(may(PresenceState.OFFLINE, 1, 2)).isFalse();
    }

    @Test
    void who_is_there_is_online_and_nothing_else() {
        visit(100);
        assertThat(may(PresenceState.ONLINE, 112, 118)).isTrue();
        assertThat(may(PresenceState.OFFLINE, 112, 118)).isFalse();
        assertThat(may(PresenceState.NEVER_SEEN, 112, 118)).isFalse();
    }

    @Test
    void while_somebody_comes_or_goes_both_are_true() {
        visit(100);
        assertThat(may(PresenceState.NEVER_SEEN, 102, 104)).isTrue();
        assertThat(may(PresenceState.ONLINE, 102, 104)).isTrue();
        assertThat(may(PresenceState.OFFLINE, 102, 104)).isFalse();
        assertThat(may(PresenceState.OFFLINE, 122, 124)).isTrue();
        assertThat(may(PresenceState.ONLINE, 122, 124)).isTrue();
    }

    @Test
    void an_answer_that_took_long_may_be_of_any_instant_in_between() {
        visit(100);
        assertThat(may(PresenceState.ONLINE, 90, 140)).isTrue();
        assertThat(may(PresenceState.OFFLINE, 90, 140)).isTrue();
        assertThat(may(PresenceState.NEVER_SEEN, 90, 140)).isTrue();
        assertThat(may(PresenceState.ONLINE, 131, 140)).isFalse();
    }

    @Test
    void last_seen_is_the_latest_login_and_then_the_end_of_the_session() {
        visit(100);
        assertThat(seen(PresenceState.ONLINE, 105, 112, 118)).isTrue();
        assertThat(seen(PresenceState.ONLINE, 99, 112, 118)).isFalse();
        assertThat(seen(PresenceState.ONLINE, 111, 112, 118)).isFalse();
        assertThat(seen(PresenceState.OFFLINE, 125, 140, 150)).isTrue();
        assertThat(seen(PresenceState.OFFLINE, 105, 140, 150)).as("the login's").isFalse();
        assertThat(seen(PresenceState.OFFLINE, 131, 140, 150)).isFalse();
        assertThat(seen(PresenceState.OFFLINE, PresenceModel.NEVER, 140, 150)).isFalse();
        visit(200);
        assertThat(seen(PresenceState.OFFLINE, 125, 202, 204))
                .as("of the visit before")
                .isTrue();
        assertThat(seen(PresenceState.ONLINE, 203, 202, 204)).isTrue();
        assertThat(seen(PresenceState.ONLINE, 105, 202, 204)).isFalse();
        assertThat(seen(PresenceState.OFFLINE, 125, 240, 250))
                .as("of the visit before")
                .isFalse();
    }

    @Test
    void who_comes_again_was_away_before_however_often_that_was() {
        visit(0);
        for (int i = 1; i < 1_000; i++) {
            visit(100L * i);
            assertThat(may(PresenceState.OFFLINE, 100L * i + 2, 100L * i + 4))
                    .as("visit %d", i)
                    .isTrue();
            assertThat(may(PresenceState.NEVER_SEEN, 100L * i + 2, 100L * i + 4))
                    .as("visit %d", i)
                    .isFalse();
        }
    }

    @Test
    void long_lives_are_cut_off_and_stay_right_at_their_end() {
        for (int i = 0; i < 1_000; i++) {
            visit(100L * i);
        }
        assertThat(may(PresenceState.OFFLINE, 99_950, 99_960)).isTrue();
        assertThat(may(PresenceState.ONLINE, 99_950, 99_960)).isFalse();
        assertThat(may(PresenceState.NEVER_SEEN, 99_950, 99_960)).isFalse();
    }
}
