package dev.heddle.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.config.SettingsException;
import dev.heddle.events.EventLog;
import dev.heddle.events.Lines;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClockWatchTest {
    private static final long NOW = Instant.parse("2026-11-30T12:00:00Z").toEpochMilli();

    private long wall = NOW;
    private long millis = -5000;

    @Test
    void a_step_is_said_with_its_size_and_direction_and_what_is_none_is_not() {
        try (Lines lines = new Lines();
                EventLog events = new EventLog()) {
            ClockWatch watch = new ClockWatch(() -> wall, () -> millis * 1_000_000, events);
            for (int second = 0; second < 100; second++) {
                wall += 1001;
                millis += 1000;
                watch.look();
            }
            assertThat(lines.of("clock_set"))
                    .as("a clock that is a little fast")
                    .isEmpty();
            wall += 31 * 86_400_000L;
            watch.look();
            watch.look();
            wall -= 3_600_000;
            watch.look();
            assertThat(lines.of("clock_set"))
                    .extracting(fields -> fields.get("direction") + " " + fields.get("by"))
                    .containsExactly("ahead PT744H", "back PT1H");
        }
    }

    @Test
    void clocks_that_were_read_far_apart_are_not_compared() {
        try (Lines lines = new Lines();
                EventLog events = new EventLog()) {
            ClockWatch watch = new ClockWatch(
                    () -> {
                        millis += 8000;
                        return wall;
                    },
                    () -> millis * 1_000_000,
                    events);
            watch.look();
            assertThat(lines.of("clock_set")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1970-01-01T00:00:05Z",
                "2025-12-31T23:59:59Z",
                "2160-01-01T00:00:00Z",
                "2540-06-01T00:00:00Z",
                "-1000-01-01T00:00:00Z"
            })
    void a_clock_that_cannot_be_right_refuses_the_start(String shown) {
        assertThatThrownBy(() -> ClockWatch.check(Instant.parse(shown).toEpochMilli()))
                .isInstanceOf(SettingsException.class)
                .hasMessage("the clock of this machine shows " + shown
                        + ", which cannot be: set it, and start again; nothing was changed");
    }

    @Test
    void any_other_clock_is_believed() {
        for (String shown : new String[] {"2026-01-01T00:00:00Z", "2026-11-30T00:00:00Z", "2159-12-31T23:59:59Z"}) {
            assertThatCode(() -> ClockWatch.check(Instant.parse(shown).toEpochMilli()))
                    .doesNotThrowAnyException();
        }
    }
}
