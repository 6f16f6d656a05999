package dev.heddle.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Whose turn it is. */
final class FairLineTest {
    private final FairLine<String> line = new FairLine<>();

    @Test
    void addresses_take_turns_and_of_one_who_came_first_is_first() {
        for (int i = 1; i <= 3; i++) {
            line.add(1, "many " + i);
        }
        line.add(2, "one");
        line.add(3, "two 1");
        line.add(3, "two 2");

        assertThat(line.size()).isEqualTo(6);
        for (String next : new String[] {"many 1", "one", "two 1", "many 2", "two 2", "many 3"}) {
            assertThat(line.peek()).isEqualTo(next);
            assertThat(line.poll()).isEqualTo(next);
        }
        assertThat(line.poll()).isNull();
        assertThat(line.peek()).isNull();
        assertThat(line.size()).isZero();
    }

    @Test
    void where_there_are_too_many_the_latest_of_the_address_with_most_goes() {
        line.add(1, "many 1");
        line.add(1, "many 2");
        line.add(2, "one");
        assertThat(line.dropLatest()).isEqualTo("many 2");
        assertThat(line.size()).isEqualTo(2);
    }

    @Test
    void who_waits_no_longer_is_taken_out() {
        line.add(1, "first");
        line.add(1, "second");
        assertThat(line.remove(1, "first")).isTrue();
        assertThat(line.remove(1, "first")).isFalse();
        assertThat(line.remove(2, "second")).isFalse();
        assertThat(line.poll()).isEqualTo("second");
        assertThat(line.size()).isZero();
    }
}
