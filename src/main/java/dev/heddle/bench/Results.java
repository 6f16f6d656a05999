package dev.heddle.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a run leaves: {@code bench.json} with everything, {@code bench.md} with the table.
 *
 * @param servers commit or path of each server that was compared, by its name in the outcomes
 * @param seconds that it took
 */
record Results(
        String version,
        String started,
        String effort,
        Map<String, String> servers,
        List<String> jvmFlags,
        Map<String, String> machine,
        double seconds,
        List<Outcome> outcomes) {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("bench.json"), JSON.writeValueAsString(data()));
        Files.writeString(folder.resolve("bench.md"), markdown());
    }

    private Map<String, Object> data() {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("version", version);
        data.put("started", started);
        data.put("effort", effort);
        data.put("servers", servers);
        data.put("jvmFlags", jvmFlags);
        data.put("machine", machine);
        data.put("seconds", seconds);
        data.put("rows", outcomes.stream().map(Results::row).toList());
        return data;
    }

    private static Map<String, Object> row(Outcome outcome) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("row", outcome.row());
        row.put("server", outcome.server());
        row.put("how", outcome.how());
        row.put("state", outcome.problem().isEmpty() ? "measured" : outcome.failed() ? "failed" : "skipped");
        row.put("problem", outcome.problem());
        row.put("warmUps", outcome.warmUps());
        row.put("runs", outcome.runs());
        row.put("seconds", outcome.seconds());
        row.put("figures", outcome.figures().stream().map(Results::figure).toList());
        return row;
    }

    private static Map<String, Object> figure(Measured measured) {
        Map<String, Object> figure = new LinkedHashMap<>();
        figure.put("figure", measured.figure().name());
        figure.put("unit", measured.figure().unit());
        if (measured.figure().hasBar()) {
            figure.put("better", measured.figure().better());
            figure.put("goal", measured.figure().goal());
            figure.put("bar", measured.figure().bar());
            figure.put("held", measured.holds());
            figure.put("goalReached", measured.reachesGoal());
        }
        figure.put("median", measured.median());
        figure.put("min", measured.least());
        figure.put("max", measured.most());
        figure.put("runs", measured.runs());
        if (!measured.relay().isEmpty()) {
            figure.put("relayMedian", Measured.median(measured.relay()));
            figure.put("relay", measured.relay());
        }
        return figure;
    }

    private String markdown() {
        List<String> lines = new ArrayList<>();
        lines.add("# What bin/bench measured\n");
        servers.forEach((name, what) -> lines.add("* " + name + ": " + what));
        lines.add("* " + started + ", " + effort + ", " + Math.round(seconds) + " s; medians");
        machine.forEach((name, what) -> lines.add("* " + name + ": " + what));
        lines.add("* JVM flags beside those of etc/jvm.options: " + String.join(" ", jvmFlags) + "\n");
        lines.add(Table.markdown(outcomes, servers.size() > 1));
        outcomes.stream()
                .map(outcome -> "* **" + outcome.row() + "**: " + outcome.how() + "; " + outcome.runs() + " runs after "
                        + outcome.warmUps() + " that do not count")
                .distinct()
                .forEach(lines::add);
        return String.join("\n", lines) + "\n";
    }
}
