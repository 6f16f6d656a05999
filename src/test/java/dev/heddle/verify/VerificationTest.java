package dev.heddle.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.verify.process.Launch;
import dev.heddle.verify.scenario.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A small run against the server as it is, and against servers with a bug in them. {@code -Dheddle.planted=true} plants the
 * bugs as rarely as they would be in earnest, and takes two minutes.
 */
final class VerificationTest {
    private static final Path HOME = Path.of(System.getProperty("heddle.home", "."));

    @TempDir
    private Path folder;

    private boolean run(Size size, String serverFirst, String... scenarios) throws IOException {
        return Verification.run(
                new Verification.Request(
                        size,
                        List.of(scenarios),
                        folder.resolve("report"),
                        7,
                        0,
                        false,
                        "test",
                        Launch.here(HOME.toAbsolutePath(), serverFirst)),
                System.out::println);
    }

    private String findings() throws IOException {
        String report = Files.readString(folder.resolve("report").resolve("report.md"));
        return report.substring(report.indexOf("## Findings"), report.indexOf("## Machine"));
    }

    private String plant(PlantedBug bug) throws IOException {
        Path classes = Files.createDirectory(folder.resolve("planted"));
        bug.plant(HOME.resolve("src/main/java"), classes);
        return classes.toString();
    }

    @Test
    void a_small_run_from_end_to_end_holds_and_leaves_a_report_and_nothing_else() throws IOException {
        assertThat(run(Size.TINY, "", "hotspot", "crash-loop")).isTrue();
        assertThat(findings()).contains("Every promise held", "messages were accepted");
        try (var files = Files.list(folder.resolve("report"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("report.md", "report.html", "data.json", "plots");
        }
    }

    @Test
    void a_server_that_drops_messages_is_found_out() throws IOException {
        PlantedBug bug = PlantedBug.all(100).getFirst();
        assertThat(run(Size.TINY, plant(bug), "hotspot")).isFalse();
        assertThat(findings()).contains("Fell short: hotspot: " + bug.finding());
    }

    @Test
    void a_server_that_forgets_when_it_accepted_is_found_out_over_tls() throws IOException {
        PlantedBug bug = PlantedBug.wrongTimes();
        assertThat(run(Size.TINY, plant(bug), "secured")).isFalse();
        assertThat(findings())
                .contains("Fell short: secured: " + bug.finding())
                .doesNotContain("Fell short: secured: no message lost");
    }

    @Test
    void an_unknown_scenario_is_refused_by_name() {
        assertThatThrownBy(() -> run(Size.TINY, "", "no-such")).hasMessageContaining("no scenario no-such");
    }

    static List<PlantedBug> bugs() {
        return PlantedBug.all(10_000);
    }

    @ParameterizedTest
    @MethodSource("bugs")
    @EnabledIfSystemProperty(named = "heddle.planted", matches = "true")
    void a_planted_bug_is_found_and_called_by_its_name(PlantedBug bug) throws IOException {
        assertThat(run(Size.QUICK, plant(bug), "hotspot")).isFalse();
        assertThat(findings()).contains("Fell short: hotspot: " + bug.finding());
    }
}
