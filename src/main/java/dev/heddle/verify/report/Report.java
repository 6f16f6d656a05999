package dev.heddle.verify.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes a run to a folder: {@code report.md} with {@code plots/*.svg}, {@code report.html}, {@code data.json}. */
public final class Report {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private Report() {}

    /** The data alone: of a run that may yet be interrupted. */
    public static void writeData(Run run, Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("data.json"), JSON.writeValueAsString(run));
    }

    public static void write(Run run, Path folder) throws IOException {
        writeData(run, folder);
        Files.createDirectories(folder.resolve("plots"));
        Map<String, String> drawings = draw(run);
        for (Map.Entry<String, String> drawing : drawings.entrySet()) {
            Files.writeString(folder.resolve("plots").resolve(drawing.getKey() + ".svg"), drawing.getValue());
        }
        Files.writeString(folder.resolve("report.md"), Markdown.of(run, drawings.keySet()));
        Files.writeString(folder.resolve("report.html"), Html.of(run, drawings));
    }

    /** A machine without any fonts can measure, though not draw: the figures are what counts. */
    private static Map<String, String> draw(Run run) throws IOException {
        Map<String, String> drawings = new LinkedHashMap<>();
        for (Chapter chapter : run.chapters()) {
            for (Plot plot : chapter.plots()) {
                try {
                    drawings.put(plot.id(), Drawing.svg(plot));
                } catch (NoClassDefFoundError
                        | InternalError
                        | IllegalArgumentException
                        | NullPointerException undrawn) {
                    System.err.println("heddle verify: no plot " + plot.id() + ": " + undrawn);
                }
            }
        }
        return drawings;
    }
}
