package dev.heddle.shard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IdClockTest {
    private static final long WALL = 1_700_000_000_000L;

    private final IdClock clock = new IdClock(WALL, 0);

    private static Session session(long firstId, long since) {
        User user = new User(new byte[] {'u'}, new Backlog(() -> null));
        return new Session(new SpokenTo(), user, firstId, since);
    }

    @Test
    void it_never_runs_backwards_though_the_wall_does() {
        clock.advance(WALL + 10, 0);
        clock.advance(WALL - 1_000_000, 5);
        assertThat(clock.wall()).isEqualTo(WALL + 10);
        assertThat(clock.now()).isEqualTo(WALL + 15);
    }

    @Test
    void it_follows_a_wall_that_jumps_ahead() {
        clock.advance(WALL, 0);
        clock.advance(WALL + 1_000_000, 1);
        assertThat(clock.now()).isEqualTo(WALL + 1_000_000);
    }

    @Test
    void it_starts_after_what_an_earlier_run_had_reserved() {
        IdClock next = new IdClock(WALL - 50_000, WALL);
        assertThat(next.now()).isEqualTo(WALL);
        assertThat(next.firstId()).isGreaterThan(WALL << IdClock.ID_BITS);
    }

    @Test
    void each_login_gets_ids_above_all_that_an_earlier_one_can_have_used() {
        clock.advance(WALL, 0);
        long elapsed = 0;
        for (int i = 0; i < 1000; i++) {
            Session earlier = session(clock.firstId(), clock.elapsed());
            if (i % 3 == 0) {
                elapsed += i % 5;
                clock.advance(WALL, elapsed);
            }
            long limit = earlier.idLimit(clock.elapsed());
            assertThat(clock.firstId()).isGreaterThanOrEqualTo(limit);
        }
    }

    @Test
    void a_connection_may_use_a_million_ids_and_more_with_each_millisecond() {
        Session session = session(clock.firstId(), 7);
        assertThat(session.idLimit(7)).isEqualTo(session.firstId() + (1 << IdClock.ID_BITS));
        assertThat(session.idLimit(9)).isEqualTo(session.firstId() + (3 << IdClock.ID_BITS));
        assertThat(session.idLimit(0)).as("a clock that was behind").isEqualTo(session.idLimit(7));
    }

    @Test
    void a_lead_over_the_wall_is_kept() {
        clock.advance(WALL, 0);
        for (int i = 0; i < 100; i++) {
            clock.firstId();
        }
        clock.advance(WALL + 1, 1);
        assertThat(clock.now()).isEqualTo(WALL + 101);
        assertThat(clock.wall()).isEqualTo(WALL + 1);
    }

    @Test
    void nobody_logs_in_outside_what_is_reserved() {
        assertThat(clock.needsReserve()).isTrue();
        assertThat(clock.canLogin()).isFalse();
        clock.reserved(WALL + 5);
        int logins = 0;
        while (clock.canLogin()) {
            long id = clock.firstId();
            logins++;
            assertThat(id + (1 << IdClock.ID_BITS)).isLessThanOrEqualTo(clock.reserved() << IdClock.ID_BITS);
        }
        assertThat(logins).isPositive();
    }

    @Test
    void it_asks_for_more_when_half_is_used() {
        clock.reserved(clock.reserveTo());
        assertThat(clock.needsReserve()).isFalse();
        clock.advance(WALL, 0);
        clock.advance(WALL, IdClock.RESERVE_MILLIS / 2);
        assertThat(clock.needsReserve()).isFalse();
        clock.advance(WALL, IdClock.RESERVE_MILLIS / 2 + 1);
        assertThat(clock.needsReserve()).isTrue();
        assertThat(clock.canLogin()).isTrue();
    }

    @Test
    void a_reserve_is_never_given_up() {
        clock.reserved(WALL + 1000);
        clock.reserved(WALL + 10);
        assertThat(clock.reserved()).isEqualTo(WALL + 1000);
    }
}
