package dev.heddle.config;

import java.util.ArrayList;
import java.util.List;

/** The table of settings as people read it. */
public final class Sample {
    private static final int WIDTH = 110;

    private Sample() {}

    /** The commented sample: every setting with its default, which a line without its {@code #} replaces. */
    public static String file() {
        StringBuilder text = new StringBuilder("""
                # Settings of a Heddle server: lines of name=value, in UTF-8. Each is listed with its default.
                #
                # A variable of the environment comes before this file (HEDDLE_MAX_CONNECTIONS is max.connections), an option
                # of the command line before both (--max-connections 1000). Sizes may end in k, m, g, t. An unknown name or a
                # value out of range stops the start, and is named with its line. A relative path begins at the folder of this file;
                # in a variable or an option, at the current folder.
                #
                # What is marked "reload" can be changed while the server runs: bin/heddle reload. The rest needs a restart.
                """);
        for (Area area : Settings.TABLE) {
            text.append("\n# ---- ").append(area.title()).append(" ----\n");
            area.settings().forEach(setting -> entry(text, setting));
        }
        return text.toString();
    }

    private static void entry(StringBuilder text, Setting<?> setting) {
        text.append('\n');
        lines(setting.meaning()).forEach(line -> text.append("# ").append(line).append('\n'));
        List<String> facts = new ArrayList<>();
        if (!setting.unit().isEmpty()) {
            facts.add(setting.unit());
        }
        if (!setting.kind().range().isEmpty()) {
            facts.add(setting.kind().range());
        }
        facts.add(setting.live() ? "reload" : "restart");
        text.append("# (").append(String.join("; ", facts)).append(")\n");
        text.append('#')
                .append(setting.name())
                .append('=')
                .append(setting.otherwise())
                .append('\n');
    }

    private static List<String> lines(String words) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : words.split(" ", -1)) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    /** The same as a table in Markdown. */
    public static String markdown() {
        StringBuilder text = new StringBuilder("""
                | name | unit | default | range | meaning | change |
                |---|---|---|---|---|---|
                """);
        for (Area area : Settings.TABLE) {
            for (Setting<?> setting : area.settings()) {
                List<String> cells = List.of(
                        "`" + setting.name() + "`",
                        setting.unit(),
                        setting.otherwise(),
                        setting.kind().range(),
                        setting.meaning(),
                        setting.live() ? "reload" : "restart");
                text.append("| ").append(String.join(" | ", cells)).append(" |\n");
            }
        }
        return text.toString();
    }
}
