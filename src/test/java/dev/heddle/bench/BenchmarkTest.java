package dev.heddle.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.bench.row.Effort;
import dev.heddle.verify.process.Launch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A few rows with next to no messages, against real servers. */
final class BenchmarkTest {
    private static final Path HOME =
            Path.of(System.getProperty("heddle.home", ".")).toAbsolutePath();

    private final List<String> said = new ArrayList<>();

    @TempDir
    private Path folder;

    private Benchmark.Verdict run(int runs, String... rows) throws IOException, InterruptedException {
        return Benchmark.run(
                new Benchmark.Request(
                        Effort.TINY,
                        List.of(rows),
                        runs,
                        folder.resolve("out"),
                        List.of("-Dheddle.flag=told"),
                        "test",
                        Launch.here(HOME, ""),
                        List.of()),
                said::add);
    }

    private JsonNode data() throws IOException {
        return JsonMapper.shared().readTree(Files.readString(folder.resolve("out/bench.json")));
    }

    @Test
    void rows_are_measured_printed_and_written_and_leave_nothing_else() throws Exception {
        assertThat(run(2, "fan-in", "offline").measured()).isTrue();

        assertThat(said).anyMatch(line -> line.contains("fan-in") && line.contains("2 runs after 0 warm-ups"));
        JsonNode data = data();
        assertThat(data.at("/jvmFlags/0").asString()).isEqualTo("-Dheddle.flag=told");
        assertThat(data.at("/servers/this").asString()).startsWith("commit ");
        assertThat(data.at("/rows")).hasSize(2);
        JsonNode accepted = data.at("/rows/0/figures/0");
        assertThat(data.at("/rows/0/state").asString()).isEqualTo("measured");
        assertThat(accepted.at("/figure").asString()).isEqualTo("accepted");
        assertThat(accepted.at("/runs")).hasSize(2);
        assertThat(accepted.at("/median").asDouble())
                .isPositive()
                .isBetween(accepted.at("/min").asDouble(), accepted.at("/max").asDouble());
        assertThat(accepted.at("/bar").asDouble()).isEqualTo(1_200_000);
        try (var files = Files.list(folder.resolve("out"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("bench.json", "bench.md");
        }
    }

    @Test
    void a_server_that_does_not_start_is_a_failed_row_and_no_missed_bar() throws Exception {
        Benchmark.Verdict verdict = Benchmark.run(
                new Benchmark.Request(
                        Effort.TINY,
                        List.of("fan-in"),
                        1,
                        folder.resolve("out"),
                        List.of("-XX:NoSuchFlag=1"),
                        "test",
                        Launch.here(HOME, ""),
                        List.of()),
                said::add);
        assertThat(verdict.measured()).isFalse();
        assertThat(data().at("/rows/0/state").asString()).isEqualTo("failed");
        assertThat(data().at("/rows/0/problem").asString()).contains("the server did not start");
    }

    @Test
    void an_unknown_row_is_refused_by_name() {
        assertThatThrownBy(() -> run(1, "no-such"))
                .hasMessageContaining("no row no-such")
                .hasMessageContaining("fan-in");
    }
}
