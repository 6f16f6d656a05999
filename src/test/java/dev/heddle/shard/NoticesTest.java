package dev.heddle.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.heddle.sim.MapUserStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NoticesTest {
    private static final int PER_SESSION = 3;
    private static final int TOTAL = 4;

    private final Users users = new Users(new MapUserStore(1000), new Backlog(() -> null), 16, 1);
    private final Stage stage = new Stage();
    private final Limits limits = new Limits(options(PER_SESSION, TOTAL));
    private final Notices notices = new Notices(users, new IdClock(1_000, 0, 0), stage, limits);
    private final SpokenTo alice = new SpokenTo();
    private final Session watcher = session(alice, "alice");
    private final User bob = user("bob");

    private static ShardOptions options(int perSession, int total) {
        return new ShardOptions(
                1000, 1 << 20, 1_000_000, 1 << 28, 1 << 16, 16, perSession, total, Allowance.UNLIMITED, false);
    }

    private User user(String name) {
        return users.watched(name.getBytes(StandardCharsets.UTF_8));
    }

    private Session session(Client client, String name) {
        return new Session(client, user(name), 1, 0);
    }

    private void online(User user, boolean is) {
        user.session = is ? new Session(new SpokenTo(), user, 1, 0) : null;
        user.lastSeen = 1;
        notices.changed(user);
    }

    @Test
    void a_watch_is_answered_at_once() {
        assertThat(notices.watch(watcher, bob)).isTrue();
        assertThat(alice.heard).containsExactly("bob NEVER_SEEN");
        assertThat(alice.releases).isZero();
        stage.release(true);
        assertThat(alice.releases).isEqualTo(1);
    }

    @Test
    void a_change_is_told_in_the_same_cycle() {
        assertThat(notices.watch(watcher, bob)).isTrue();
        online(bob, true);
        notices.flush(5000);
        assertThat(alice.heard).containsExactly("bob NEVER_SEEN", "bob ONLINE");
    }

    @Test
    void changes_of_a_second_are_told_once_and_the_latest_state() {
        assertThat(notices.watch(watcher, bob)).isTrue();
        alice.heard.clear();
        online(bob, true);
        notices.flush(5000);
        online(bob, false);
        online(bob, true);
        online(bob, false);
        notices.flush(5001);
        notices.tick(5999);
        assertThat(alice.heard).containsExactly("bob ONLINE");
        notices.tick(6000);
        notices.tick(7000);
        assertThat(alice.heard).containsExactly("bob ONLINE", "bob OFFLINE");
    }

    @Test
    void who_does_not_read_is_told_the_latest_when_it_does() {
        assertThat(notices.watch(watcher, bob)).isTrue();
        alice.heard.clear();
        alice.reads = false;
        online(bob, true);
        notices.flush(5000);
        online(bob, false);
        notices.tick(6000);
        assertThat(alice.heard).isEmpty();
        alice.reads = true;
        notices.drained(watcher);
        assertThat(alice.heard).containsExactly("bob OFFLINE");
    }

    @Test
    void one_who_does_not_read_keeps_nothing_from_the_others() {
        SpokenTo carol = new SpokenTo();
        assertThat(notices.watch(watcher, bob)).isTrue();
        assertThat(notices.watch(session(carol, "carol"), bob)).isTrue();
        alice.reads = false;
        online(bob, true);
        notices.flush(5000);
        notices.tick(6000);
        assertThat(carol.heard).containsExactly("bob NEVER_SEEN", "bob ONLINE");
    }

    @Test
    void a_session_watches_no_more_than_it_may() {
        for (int i = 0; i < PER_SESSION; i++) {
            assertThat(notices.watch(watcher, user("u" + i))).isTrue();
        }
        assertThat(notices.watch(watcher, bob)).isFalse();
        assertThat(notices.watch(watcher, user("u0"))).as("again").isTrue();
        notices.unwatch(watcher, user("u0"));
        assertThat(notices.watch(watcher, bob)).isTrue();
    }

    @Test
    void all_together_watch_no_more_than_they_may() {
        Session other = session(new SpokenTo(), "other");
        for (int i = 0; i < TOTAL; i++) {
            assertThat(notices.watch(i < 2 ? watcher : other, user("u" + i))).isTrue();
        }
        assertThat(notices.watch(watcher, bob)).isFalse();
        notices.forget(other);
        assertThat(notices.watch(watcher, bob)).isTrue();
    }

    @Test
    void who_does_not_watch_any_more_is_told_nothing() {
        assertThat(notices.watch(watcher, bob)).isTrue();
        alice.heard.clear();
        online(bob, true);
        notices.unwatch(watcher, bob);
        notices.flush(5000);
        assertThat(alice.heard).isEmpty();
        assertThat(bob.watchers).isNull();
    }

    @Test
    void watched_users_are_held_and_let_go() {
        assertThat(notices.watch(watcher, bob)).isTrue();
        online(bob, true);
        assertThat(bob.holds).isEqualTo(2);
        notices.forget(watcher);
        notices.flush(5000);
        notices.flush(6000);
        assertThat(bob.holds).isZero();
    }

    @Test
    void an_unwatch_of_nobody_changes_nothing() {
        notices.unwatch(watcher, bob);
        notices.forget(watcher);
        assertThat(bob.holds).isZero();
    }

    @Test
    void watchers_who_do_not_read_cost_later_changes_nothing() {
        int many = 1000;
        limits.change(options(PER_SESSION, many));
        SpokenTo deaf = new SpokenTo();
        for (int i = 0; i < many - 1; i++) {
            assertThat(notices.watch(session(deaf, "deaf" + i), bob)).isTrue();
        }
        assertThat(notices.watch(watcher, bob)).isTrue();
        deaf.reads = false;
        change(0);
        assertThat(deaf.asked).isEqualTo(many - 1);
        for (int second = 1; second <= 100; second++) {
            change(second);
        }
        assertThat(deaf.asked).isEqualTo(many - 1);
        assertThat(alice.heard).hasSize(1 + 101);
        assertThat(notices.isAtRest()).isTrue();
    }

    private void change(int second) {
        online(bob, second % 2 == 0);
        notices.flush(second * 1000L);
        while (notices.hasSteps()) {
            notices.step();
        }
    }

    @Test
    void very_many_watchers_are_each_told_once_and_other_work_comes_between() {
        int many = 1000;
        limits.change(options(PER_SESSION, many + 1));
        List<SpokenTo> all = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            SpokenTo each = new SpokenTo();
            all.add(each);
            assertThat(notices.watch(session(each, "w" + i), bob)).isTrue();
            each.heard.clear();
        }
        online(bob, true);
        notices.flush(5000);
        assertThat(all.stream().filter(each -> !each.heard.isEmpty()).count()).isBetween(1L, many / 2L);
        // While they are told some go, one comes, and the state changes again.
        SpokenTo late = new SpokenTo();
        Session brief = session(late, "late");
        assertThat(notices.watch(brief, bob)).isTrue();
        notices.forget(brief);
        online(bob, false);
        while (notices.hasSteps()) {
            notices.step();
        }
        notices.flush(6000);
        while (notices.hasSteps()) {
            notices.step();
        }
        assertThat(all).allSatisfy(each -> {
            assertThat(each.heard.getLast()).isEqualTo("bob OFFLINE");
            assertThat(each.heard).doesNotHaveDuplicates();
        });
    }

    @Test
    void a_watch_that_waits_for_room_can_be_given_up() {
        assertThat(notices.watch(watcher, bob)).isTrue();
        alice.heard.clear();
        alice.reads = false;
        online(bob, true);
        notices.flush(5000);
        assertThat(bob.watchers).isNull();
        notices.unwatch(watcher, bob);
        alice.reads = true;
        notices.drained(watcher);
        notices.flush(7000);
        assertThat(alice.heard).isEmpty();
        assertThat(bob.holds).isZero();
        assertThat(notices.watches()).isZero();
    }

    @Test
    void who_was_told_nothing_for_want_of_memory_is_told_at_a_tick() {
        assertThat(notices.watch(watcher, bob)).isTrue();
        alice.heard.clear();
        alice.memory = false;
        online(bob, true);
        notices.flush(5000);
        assertThat(notices.isAtRest()).isFalse();
        notices.tick(5100);
        alice.memory = true;
        notices.tick(5200);
        assertThat(alice.heard).containsExactly("bob ONLINE");
        assertThat(notices.isAtRest()).isTrue();
    }

    @Test
    void many_users_who_changed_a_moment_ago_are_not_gone_through_for_each_change() {
        limits.change(options(20_000, 20_000));
        List<User> others = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            User other = user("u" + i);
            others.add(other);
            assertThat(notices.watch(watcher, other)).isTrue();
        }
        assertTimeout(Duration.ofSeconds(20), () -> {
            for (int round = 0; round < 10; round++) {
                for (User other : others) {
                    online(other, round % 2 == 0);
                    notices.flush(5000);
                }
            }
        });
    }
}
