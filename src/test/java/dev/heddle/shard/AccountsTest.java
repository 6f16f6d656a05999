package dev.heddle.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AccountsTest {
    private static final int SEGMENT = 1000;
    private static final int SEGMENTS = 10;

    private final Accounts accounts = new Accounts();

    @BeforeEach
    void tenSegments() {
        for (int i = 0; i < SEGMENTS; i++) {
            accounts.active((long) i * SEGMENT);
        }
    }

    @Test
    void each_message_is_counted_where_it_stands() {
        accounts.live(0, 10);
        accounts.live(999, 20);
        accounts.live(1000, 40);
        accounts.live(123_456, 80);
        assertThat(accounts.all().get(0).liveBytes).isEqualTo(30);
        assertThat(accounts.all().get(1).liveBytes).isEqualTo(40);
        assertThat(accounts.all().get(9).liveBytes).isEqualTo(80);
        assertThat(accounts.liveBytes()).isEqualTo(150);
        accounts.dead(999, 20);
        assertThat(accounts.all().get(0).liveBytes).isEqualTo(10);
        assertThat(accounts.liveBytes()).isEqualTo(130);
    }

    @Test
    void the_active_segment_is_counted_once_however_often_it_is_named() {
        accounts.active(9000);
        accounts.active(9000);
        assertThat(accounts.count()).isEqualTo(SEGMENTS);
    }

    @Test
    void a_segment_is_dead_when_no_message_state_or_last_word_needs_it() {
        accounts.live(5, 10);
        accounts.state(-1, 50, 30);
        assertThat(accounts.oldest().isDead()).isFalse();
        accounts.dead(5, 10);
        assertThat(accounts.oldest().isDead()).isFalse();
        accounts.state(50, 5050, 30);
        assertThat(accounts.oldest().isDead()).isTrue();
        accounts.lastWord(-1);
        assertThat(accounts.all().getLast().isDead()).isFalse();
        assertThat(accounts.all().get(5).stateBytes).isEqualTo(30);
    }

    @Test
    void a_state_that_moves_is_needed_once() {
        accounts.state(-1, 50, 30);
        accounts.state(50, 60, 30);
        accounts.state(60, 7000, 30);
        accounts.live(7000, 100);
        assertThat(accounts.neededBytes()).isEqualTo(130);
        assertThat(accounts.liveBytes()).isEqualTo(100);
    }

    @Test
    void a_segment_still_needed_is_not_dropped() {
        accounts.live(5, 10);
        assertThatThrownBy(() -> accounts.remove(0))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("still needed");
    }

    @Test
    void a_segment_goes_before_an_older_one_that_a_message_or_a_state_needs() {
        accounts.live(5, 10);
        accounts.state(-1, 2000, 30);
        assertThat(accounts.isSpent(0)).isFalse();
        assertThat(accounts.isSpent(1)).isTrue();
        assertThat(accounts.isSpent(2)).isFalse();
        for (int i = 3; i < SEGMENTS - 1; i++) {
            assertThat(accounts.isSpent(i)).as("segment %d", i).isTrue();
        }
    }

    @Test
    void a_segment_with_the_last_word_of_a_sender_stays_until_there_is_a_later_one_or_a_state() {
        accounts.lastWord(-1);
        accounts.lastWord(9_010);
        accounts.lastWord(-1);
        accounts.active(10_000);
        assertThat(accounts.isSpent(9)).isFalse();
        accounts.lastWord(9_020);
        assertThat(accounts.isSpent(9)).as("the other's is still there").isFalse();
        accounts.covered(9_030);
        assertThat(accounts.isSpent(9)).isTrue();
        accounts.covered(-1);
        accounts.active(11_000);
        assertThat(accounts.isSpent(10)).as("to where one has moved").isFalse();
    }

    @Test
    void where_a_run_ended_and_the_next_began_segments_go_in_order_and_so_do_those_of_a_checkpoint() {
        accounts.begins(5000);
        accounts.inherited(7000);
        for (int i = 0; i < SEGMENTS - 1; i++) {
            assertThat(accounts.isSpent(i)).as("segment %d", i).isEqualTo(i < 4 || i == 6 || i == 8);
        }
        for (int i = 0; i < 4; i++) {
            accounts.remove(0);
        }
        assertThat(accounts.isSpent(0)).isTrue();
        assertThat(accounts.isSpent(1)).isFalse();
    }

    @Test
    void after_the_oldest_is_gone_positions_are_found_as_before() {
        accounts.live(1500, 10);
        accounts.live(2500, 20);
        accounts.remove(0);
        accounts.dead(1500, 10);
        accounts.dead(2500, 20);
        assertThat(accounts.liveBytes()).isZero();
        assertThat(accounts.oldest().base).isEqualTo(1000);
        assertThat(accounts.isStale(4999)).isTrue();
        assertThat(accounts.isStale(5000)).isFalse();
    }

    @Test
    void the_newest_time_is_the_active_segments() {
        accounts.newest(5);
        accounts.newest(3);
        assertThat(accounts.all().getLast().newestMillis).isEqualTo(5);
        assertThat(accounts.oldest().newestMillis).isZero();
    }

    @Test
    void what_is_counted_in_and_out_at_random_adds_up() {
        long seed = 42;
        Random random = new Random(seed);
        long[] expected = new long[SEGMENTS];
        for (int i = 0; i < 10_000; i++) {
            int position = random.nextInt(SEGMENTS * SEGMENT);
            int segment = position / SEGMENT;
            int length = random.nextInt(100);
            if (expected[segment] >= length && random.nextBoolean()) {
                accounts.dead(position, length);
                expected[segment] -= length;
            } else {
                accounts.live(position, length);
                expected[segment] += length;
            }
        }
        assertThat(accounts.all().stream().mapToLong(each -> each.liveBytes))
                .as("seed %d", seed)
                .containsExactly(java.util.Arrays.stream(expected).boxed().toArray(Long[]::new));
    }
}
