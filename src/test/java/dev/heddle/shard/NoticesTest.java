package dev.heddle.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.sim.MapUserStore;
import java.nio.charset.StandardCharsets;
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
        notices.tick(7000);
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
        assertThat(bob.holds).isZero();
    }

    @Test
    void an_unwatch_of_nobody_changes_nothing() {
        notices.unwatch(watcher, bob);
        notices.forget(watcher);
        assertThat(bob.holds).isZero();
    }
}
