package dev.heddle.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EventLogTest {
    private static final Logger LOG = LoggerFactory.getLogger("dev.heddle.edge.Some");

    private final Lines lines = new Lines();
    private final Queue<Runnable> ends = new ConcurrentLinkedQueue<>();
    private final EventLog events = new EventLog(ends::add);

    @AfterEach
    void putBack() {
        LogBackend.change(Level.INFO, LineFormat.TEXT);
        lines.close();
    }

    private void happen(Event event, int times) {
        for (int i = 0; i < times; i++) {
            events.at(LOG, event).addKeyValue("user", "alice").log();
        }
    }

    /** A minute passes. */
    private void minute() {
        Deque<Runnable> due = new ArrayDeque<>(ends);
        ends.clear();
        due.forEach(Runnable::run);
    }

    @Test
    void an_event_is_one_line_with_its_values() {
        events.at(LOG, Event.LOGIN_REFUSED)
                .addKeyValue("user", "alice")
                .addKeyValue("session", 17L)
                .addKeyValue("reason", "the token has expired")
                .log();

        assertThat(lines.all())
                .singleElement()
                .asString()
                .endsWith(" WARN edge event=login_refused user=alice session=17 reason=\"the token has expired\"");
        assertThat(lines.of("login_refused")).hasSize(1);
    }

    @Test
    void what_happens_a_million_times_is_told_a_few_times_and_counted() {
        happen(Event.LOGIN_REFUSED, 1_000_000);
        assertThat(lines.of("login_refused")).hasSize(Event.LOGIN_REFUSED.most);
        assertThat(ends).hasSize(1);

        minute();
        assertThat(lines.of("login_refused")).hasSize(Event.LOGIN_REFUSED.most + 1);
        assertThat(lines.of("login_refused").getLast())
                .containsEntry("suppressed", String.valueOf(1_000_000 - Event.LOGIN_REFUSED.most))
                .containsEntry("seconds", "60");
    }

    @Test
    void the_next_minute_begins_anew_and_a_quiet_one_says_nothing() {
        happen(Event.LOGIN_REFUSED, 1);
        minute();
        happen(Event.LOGIN_REFUSED, 1);
        minute();
        assertThat(ends).isEmpty();
        assertThat(lines.of("login_refused")).hasSize(2).noneMatch(line -> line.containsKey("suppressed"));
    }

    @Test
    void a_clients_fault_is_a_line_for_who_debugs_and_a_number_for_everybody() {
        happen(Event.CLIENT_FAULT, 7);
        assertThat(lines.all()).isEmpty();
        minute();
        assertThat(lines.of("client_fault"))
                .singleElement()
                .isEqualTo(Map.of(
                        "level", "WARN",
                        "logger", "events",
                        "event", "client_fault",
                        "suppressed", "7",
                        "seconds", "60"));

        LogBackend.change(Level.DEBUG, LineFormat.TEXT);
        happen(Event.CLIENT_FAULT, 1000);
        assertThat(lines.of("client_fault")).hasSize(1 + Event.CLIENT_FAULT.most);
    }

    @Test
    void what_is_nobodys_fault_is_not_counted_for_those_who_would_not_see_it() {
        happen(Event.SESSION_ENDED, 1_000_000);
        minute();
        assertThat(lines.all()).isEmpty();
    }

    @Test
    void nothing_is_left_uncounted_at_the_end() {
        happen(Event.CLIENT_FAULT, 3);
        events.close();
        assertThat(lines.of("client_fault"))
                .singleElement()
                .satisfies(line -> assertThat(line).containsEntry("suppressed", "3"));
    }

    @Test
    void of_what_happens_at_the_same_time_everything_is_told_or_counted() {
        int each = 20_000;
        IntStream.range(0, 8).parallel().forEach(thread -> {
            for (int i = 0; i < each; i++) {
                events.at(LOG, Event.LOGIN_REFUSED).log();
                if (i % 1000 == 0) {
                    Runnable end = ends.poll();
                    if (end != null) {
                        end.run();
                    }
                }
            }
        });
        minute();
        events.close();

        long counted = lines.of("login_refused").stream()
                .mapToLong(line -> Long.parseLong(line.getOrDefault("suppressed", "1")))
                .sum();
        assertThat(counted).isEqualTo(8L * each);
    }

    @Test
    void nobody_can_forge_a_line_or_a_value() {
        for (String hostile : new String[] {
            "eve\n2026-01-01T00:00:00.000Z ERROR server event=storage_failed",
            "eve\r\nx",
            "eve user=root",
            "eve\" user=\"root",
            "eve\\",
            "\\\" event=ready",
            "\u001b[2J\u001b]0;owned\u0007",
            "\u2028\u2029\u0085\u000b\u000c",
            "a\u202eb\u200b\ufeff",
            "\ud800",
            "",
            " ",
            "=",
            "x".repeat(100_000),
        }) {
            events.at(LOG, Event.READY)
                    .addKeyValue("user", hostile)
                    .addKeyValue("after", 1)
                    .log();
        }

        assertThat(lines.all()).hasSize(14).allSatisfy(line -> {
            assertThat(Lines.fields(line).keySet()).containsExactly("level", "logger", "event", "user", "after");
            assertThat(line.chars()).allMatch(c -> c >= ' ' && c != 0x7f);
            assertThat(line.length()).isLessThan(LineFormat.LONGEST_VALUE + 200);
        });
    }

    @Test
    void a_name_in_any_script_is_readable() {
        events.at(LOG, Event.READY)
                .addKeyValue("user", "Łucja")
                .addKeyValue("other", "山田 🌸")
                .log();
        assertThat(lines.all()).singleElement().asString().endsWith(" user=Łucja other=\"山田 🌸\"");
    }

    @Test
    void an_exception_is_a_value_of_one_line() {
        events.at(LOG, Event.FAULT)
                .setCause(new IllegalStateException("broken\nevent=ready"))
                .log();
        assertThat(lines.of("fault"))
                .singleElement()
                .satisfies(line -> assertThat(line.get("error"))
                        .startsWith("java.lang.IllegalStateException: broken\\nevent=ready\\n")
                        .contains("EventLogTest"));
        assertThat(lines.all()).hasSize(1);
    }

    @Test
    void what_libraries_say_in_words_is_a_line_like_any_other() {
        LoggerFactory.getLogger("org.example.Library").warn("look {}\nat this", "here");
        LoggerFactory.getLogger("org.example.Library").info("small talk");
        assertThat(lines.all())
                .singleElement()
                .asString()
                .endsWith(" WARN org.example.Library message=\"look here\\nat this\"");
    }

    @Test
    void as_json_a_line_is_an_object_with_strings_and_numbers() {
        LogBackend.change(Level.INFO, LineFormat.JSON);
        events.at(LOG, Event.LOGIN_REFUSED)
                .addKeyValue("user", "eve\n\"}\u2028\u0000\\")
                .addKeyValue("session", 17L)
                .addKeyValue("clean", true)
                .log();

        assertThat(lines.all()).hasSize(1);
        JsonNode line = JsonMapper.shared().readTree(lines.all().getFirst());
        assertThat(line.propertyNames())
                .containsExactly("time", "level", "logger", "event", "user", "session", "clean");
        assertThat(line.get("user").asString()).isEqualTo("eve\n\"}\u2028\u0000\\");
        assertThat(line.get("session").asLong()).isEqualTo(17);
        assertThat(line.get("clean").asBoolean()).isTrue();
    }
}
