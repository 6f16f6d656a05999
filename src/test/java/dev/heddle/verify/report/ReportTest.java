package dev.heddle.verify.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class ReportTest {
    @TempDir
    private Path folder;

    private final Notebook notes = new Notebook();

    private Run run(String failure) {
        Chapter chapter = notes.close("latency", "How long?", "bin/verify --scenario latency", 1.5, failure);
        List<Chapter> chapters = List.of(chapter);
        return new Run(
                "0.1",
                "abc",
                "2026-01-01T00:00:00Z",
                2,
                "tiny",
                7,
                "bin/verify --tiny",
                Map.of("processor", "a <fast> one"),
                chapters,
                Findings.of(chapters));
    }

    @Test
    void a_number_at_the_bar_holds_and_one_beyond_it_does_not() {
        notes.atMost("fast", 0.5, 0.5, "ms");
        notes.atLeast("many", 9.9, 10, "messages/s");
        Run run = run("");
        assertThat(run.held()).isFalse();
        assertThat(run.findings().getFirst())
                .isEqualTo("Fell short: latency: many; measured 9.90 messages/s, promised at least 10 messages/s.");
    }

    @Test
    void a_scenario_that_breaks_is_a_promise_not_held() {
        Run run = run("java.io.IOException: the server did not start");
        assertThat(run.held()).isFalse();
        assertThat(run.findings().getFirst()).contains("did not run to its end", "did not start");
    }

    @Test
    void figures_stand_beside_those_of_the_report_to_beat() {
        notes.figure("P50", 0.13, "ms", "0.26 ms");
        notes.figure("fan-in", 13_700.0, "messages/s", "27,400/s");
        assertThat(run("").findings())
                .contains(
                        "Every promise held.",
                        "latency, P50: 0.130 ms; the report to beat: 0.26 ms (2 times better).",
                        "latency, fan-in: 13,700 messages/s; the report to beat: 27,400/s (2 times worse).");
    }

    @Test
    void all_three_forms_hold_the_same_and_html_loads_nothing() throws IOException {
        notes.setUp("Two sockets.");
        notes.figure("P50", 0.068, "ms", "0.26 ms");
        notes.check("no message lost", "0", "0", true);
        notes.limit("samples", "100,000", "10", "there is no time");
        notes.plot(new Plot(
                "curve",
                "A curve",
                "x",
                "y",
                false,
                List.of(Plot.Series.level("ceiling", 0, 10, 5)),
                List.of(new Plot.Mark(3, "kill"))));
        notes.histogram("delivery", "base64");
        Report.write(run(""), folder);

        assertThat(Files.readString(folder.resolve("report.md")))
                .contains("| no message lost | 0 | 0 | yes |", "| P50 | 0.068 | ms | 0.26 ms |", "plots/curve.svg");
        String html = Files.readString(folder.resolve("report.html"));
        assertThat(html).contains("<svg", "a &lt;fast&gt; one", "there is no time");
        assertThat(html).doesNotContain("<script", "src=", "<link");
        JsonNode data = JsonMapper.builder().build().readTree(Files.readString(folder.resolve("data.json")));
        assertThat(data.get("seed").asInt()).isEqualTo(7);
        JsonNode chapter = data.get("chapters").get(0);
        assertThat(chapter.get("figures").get(0).get("value").asDouble()).isEqualTo(0.068);
        assertThat(chapter.get("histograms").get(0).get("base64").asString()).isEqualTo("base64");
    }
}
