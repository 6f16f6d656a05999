package dev.heddle.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeldForceTest {
    @Test
    void nobody_of_two_hundred_is_told_accepted_or_bye_before_a_force_has_ended() {
        assertThat(new HeldForce().apply(1)).isNull();
    }
}
