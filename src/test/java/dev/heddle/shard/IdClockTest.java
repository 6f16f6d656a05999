package dev.heddle.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IdClockTest {
    private static final long WALL = 1_700_000_000_000L;
    private static final long DAY = 86_400_000L;
    private static final long YEAR = 365 * DAY;

    private final IdClock clock = new IdClock(WALL, 0, WALL);

    private static Session session(long firstId, long since) {
        User user = new User(new byte[] {'u'}, new Backlog(() -> null));
        return new Session(new SpokenTo(), user, firstId, since);
    }

    @Test
    void ids_never_run_backwards_though_the_wall_does_and_the_wall_is_what_it_shows() {
        clock.advance(WALL + 10, 0);
        clock.advance(WALL - 1_000_000, 5);
        assertThat(clock.wall()).isEqualTo(WALL - 1_000_000);
        assertThat(clock.now()).isEqualTo(WALL + 5);
    }

    @Test
    void a_wall_that_jumps_ahead_takes_no_ids_with_it() {
        clock.advance(WALL, 0);
        clock.advance(WALL + 500 * YEAR, 1);
        assertThat(clock.now()).isEqualTo(WALL + 1);
        clock.advance(WALL + 1, 2);
        assertThat(clock.now()).isEqualTo(WALL + 2);
    }

    @Test
    void it_starts_after_what_an_earlier_run_had_reserved() {
        IdClock next = new IdClock(WALL - 50_000, WALL, WALL);
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
    void a_connection_may_use_a_million_ids_with_each_millisecond_that_the_clock_counts_at_its_slowest() {
        Session session = session(clock.firstId(), 7);
        assertThat(session.idLimit(7)).isEqualTo(session.firstId() + (1 << IdClock.ID_BITS));
        assertThat(session.idLimit(9)).isEqualTo(session.firstId() + (2 << IdClock.ID_BITS));
        assertThat(session.idLimit(7 + 800)).isEqualTo(session.firstId() + (701L << IdClock.ID_BITS));
        assertThat(session.idLimit(0)).as("a clock that was behind").isEqualTo(session.idLimit(7));
    }

    @Test
    void a_lead_over_the_wall_passes_while_the_server_runs() {
        IdClock ahead = new IdClock(WALL, WALL + 1000, WALL);
        ahead.advance(WALL, 0);
        for (int millis = 1; millis <= 7990; millis++) {
            ahead.advance(WALL + millis, millis);
        }
        assertThat(ahead.now() - ahead.wall()).isEqualTo(2);
        for (int millis = 7991; millis <= 9000; millis++) {
            ahead.advance(WALL + millis, millis);
        }
        assertThat(ahead.now()).isEqualTo(ahead.wall());
    }

    @Test
    void with_a_lead_or_without_each_first_id_is_above_all_that_were_possible_before() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            IdClock any = new IdClock(WALL, WALL + random.nextInt(300), WALL);
            long elapsed = random.nextInt(1000);
            any.advance(WALL, elapsed);
            List<Session> earlier = new ArrayList<>();
            for (int step = 0; step < 200; step++) {
                elapsed += random.nextInt(12);
                any.advance(WALL + random.nextInt(5000), elapsed);
                long first = any.firstId();
                for (Session each : earlier) {
                    assertThat(first).as("seed %d", seed).isGreaterThanOrEqualTo(each.idLimit(elapsed));
                }
                earlier.add(session(first, elapsed));
            }
        }
    }

    @Test
    void ages_wait_for_a_wall_that_was_set_back_and_come_after_one_that_was_set_ahead_at_twice_the_speed() {
        clock.advance(WALL, 0);
        clock.advance(WALL + 100, 100);
        assertThat(clock.ages()).as("as usual").isEqualTo(WALL + 100);
        clock.advance(WALL + 31 * DAY, 110);
        assertThat(clock.ages()).as("ahead").isEqualTo(WALL + 120);
        clock.advance(WALL + 31 * DAY + DAY, 110 + DAY);
        assertThat(clock.ages()).as("a day later").isEqualTo(WALL + 120 + 2 * DAY);
        clock.advance(WALL + 1000, 111 + DAY);
        assertThat(clock.ages()).as("back").isEqualTo(WALL + 1000);
        clock.advance(WALL - DAY, 112 + DAY);
        assertThat(clock.ages()).as("far back").isEqualTo(WALL - DAY);
    }

    @Test
    void ages_are_not_ahead_of_the_wall_at_a_start() {
        assertThat(new IdClock(WALL, 0, WALL - 5).ages()).isEqualTo(WALL - 5);
        assertThat(new IdClock(WALL, 0, WALL + 5).ages()).isEqualTo(WALL);
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
        clock.advance(WALL + IdClock.RESERVE_MILLIS / 2, IdClock.RESERVE_MILLIS / 2);
        assertThat(clock.needsReserve()).isFalse();
        clock.advance(WALL + IdClock.RESERVE_MILLIS / 2 + 1, IdClock.RESERVE_MILLIS / 2 + 1);
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
