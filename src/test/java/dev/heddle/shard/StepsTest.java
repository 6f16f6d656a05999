package dev.heddle.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.log.ForceRequest;
import java.io.IOException;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What would take long is done in steps, and everything that depends on it is right meanwhile. */
class StepsTest extends ShardOnDisk {
    private static final int MANY = 20_000;
    private static final long AGE = 1_000_000;

    private long firstId;
    private SpokenTo alice = new SpokenTo();

    @Override
    ShardOptions options() {
        return new ShardOptions(
                MANY, 1 << 30, AGE, 1L << 32, 1024, 16, 5, 100, new Allowance(1_000_000_000, 0, 0), true);
    }

    @BeforeEach
    void many_wait_for_bob() throws IOException {
        alice = login("alice");
        firstId = session(alice).firstId();
        for (int i = 0; i < MANY; i++) {
            assertThat(sendNow(alice, firstId + i, "bob")).isEqualTo(Outcome.DONE);
        }
        cycle();
    }

    private Outcome sendNow(SpokenTo from, long id, String to) {
        return sendNow(from, id, to, new byte[1]);
    }

    private Outcome loginNow(SpokenTo client, long cursor) {
        return shard.login(client, "bob".getBytes(UTF_8), cursor, true);
    }

    /** Begins the login of one who has read all of it; returns the client, which is not welcome yet. */
    private SpokenTo returns() {
        SpokenTo bob = new SpokenTo();
        assertThat(loginNow(bob, MANY)).isEqualTo(Outcome.NEEDS_FORCE);
        assertThat(bob.heard).isEmpty();
        assertThat(shard.picture().storage().waitingMessages()).isBetween(1L, MANY - 1L);
        return bob;
    }

    @Test
    void a_cursor_that_covers_very_much_is_cleared_in_steps_and_then_the_login_is_answered() throws IOException {
        SpokenTo bob = returns();
        shard.endCycle();
        int steps = 0;
        for (; shard.isClearing(); steps++) {
            assertThat(loginNow(bob, MANY)).isEqualTo(Outcome.NEEDS_FORCE);
            long before = shard.picture().storage().waitingMessages();
            shard.step();
            assertThat(before - shard.picture().storage().waitingMessages()).isLessThanOrEqualTo(2048);
        }
        assertThat(steps).isPositive();
        assertThat(loginNow(bob, MANY)).isEqualTo(Outcome.DONE);
        assertThat(bob.heard).containsExactly("welcome");
        assertThat(bob.waiting).isZero();
        cycle();
        assertThat(shard.liveBytes()).isZero();
    }

    @Test
    void an_inbox_that_was_full_takes_messages_as_soon_as_the_cursor_has_come() throws IOException {
        SpokenTo bob = returns();
        for (int i = 0; i < MANY; i++) {
            assertThat(sendNow(alice, firstId + MANY + i, "bob")).isEqualTo(Outcome.DONE);
        }
        cycle();
        assertThat(alice.heard).noneMatch(each -> each.startsWith("rejected"));
        assertThat(loginNow(bob, MANY)).isEqualTo(Outcome.DONE);
        assertThat(bob.waiting).isEqualTo(MANY);
        assertThat(bob.heard).startsWith("welcome", "deliver " + (MANY + 1));
    }

    @Test
    void a_crash_between_the_steps_brings_nothing_back() throws IOException {
        returns();
        assertThat(sendNow(alice, firstId + MANY, "carol")).isEqualTo(Outcome.DONE);
        shard.endCycle();
        ForceRequest force = Objects.requireNonNull(shard.takeForce());
        force.run();
        shard.forced(force);
        assertThat(shard.isClearing()).isTrue();
        open();
        assertThat(login("bob").heard).containsExactly("welcome");
    }

    @Test
    void a_stop_between_the_steps_brings_nothing_back_and_balances() throws IOException {
        returns();
        shard.endCycle();
        assertThat(opened.checkpoint().balances()).isTrue();
        opened.close();
        open();
        assertThat(opened.opened().clean()).isTrue();
        assertThat(login("bob").heard).containsExactly("welcome");
    }

    @Test
    void what_is_too_old_is_removed_in_steps_and_none_of_it_is_delivered() throws IOException {
        millis += AGE + 1;
        shard.time(millis, millis);
        SpokenTo bob = new SpokenTo();
        assertThat(loginNow(bob, 0)).isEqualTo(Outcome.NEEDS_FORCE);
        assertThat(shard.picture().storage().waitingMessages()).isGreaterThan(MANY / 2);
        cycle();
        assertThat(loginNow(bob, 0)).isEqualTo(Outcome.DONE);
        assertThat(bob.heard).containsExactly("welcome");
    }
}
