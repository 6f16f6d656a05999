package dev.heddle.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class AllowanceTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long BEGINNING = -77 * SECOND;

    private final Allowance allowance = new Allowance(100, 5000, 2 * SECOND);

    @Test
    void the_reserve_may_come_at_once_and_then_no_more_than_the_rate() {
        long account = Allowance.UNUSED;
        for (int i = 0; i < 200; i++) {
            account = allowance.spend(account, BEGINNING, 1, 10);
            assertThat(allowance.held(account, BEGINNING)).isZero();
        }
        account = allowance.spend(account, BEGINNING, 1, 10);
        assertThat(allowance.held(account, BEGINNING)).isEqualTo(SECOND / 100);
        assertThat(allowance.held(account, BEGINNING + SECOND / 100)).isZero();
    }

    @Test
    void messages_and_bytes_are_limited_whichever_is_used_up_first() {
        long messages = allowance.spend(Allowance.UNUSED, BEGINNING, 300, 0);
        long bytes = allowance.spend(Allowance.UNUSED, BEGINNING, 0, 15_000);
        long both = allowance.spend(Allowance.UNUSED, BEGINNING, 300, 15_000);

        assertThat(allowance.held(messages, BEGINNING)).isEqualTo(SECOND);
        assertThat(bytes).isEqualTo(messages);
        assertThat(both).isEqualTo(messages);
    }

    @Test
    void no_more_than_the_reserve_is_saved_up() {
        long account = allowance.spend(Allowance.UNUSED, BEGINNING, 1, 0);
        long later = BEGINNING + 3600 * SECOND;
        account = allowance.spend(account, later, 201, 0);
        assertThat(allowance.held(account, later)).isEqualTo(SECOND / 100);
    }

    @Test
    void over_any_while_no_more_comes_than_the_rate_and_the_reserve_and_the_last_read() {
        long seed = Long.getLong("heddle.seed", 1);
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int run = 0; run < 100; run++) {
            long now = BEGINNING;
            long account = Allowance.UNUSED;
            long sum = 0;
            int last = 0;
            for (int read = 0; read < 200; read++) {
                last = 1 + random.nextInt(50);
                sum += last;
                account = allowance.spend(account, now, last, 0);
                now += allowance.held(account, now) + random.nextLong(SECOND / 20);
            }
            long allowed = 200 + (now - BEGINNING) * 100 / SECOND + last;
            assertThat(sum).isLessThanOrEqualTo(allowed).isGreaterThan(allowed / 4);
        }
    }

    @Test
    void without_a_limit_nobody_is_held_whatever_an_earlier_limit_has_left() {
        long account = allowance.spend(Allowance.UNUSED, BEGINNING, 1_000_000, 0);
        assertThat(Allowance.UNLIMITED.held(account, BEGINNING)).isZero();
        account = Allowance.UNLIMITED.spend(Allowance.UNUSED, BEGINNING, 1_000_000, 1_000_000);
        assertThat(Allowance.UNLIMITED.held(account, BEGINNING)).isZero();
    }
}
