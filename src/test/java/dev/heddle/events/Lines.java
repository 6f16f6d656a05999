package dev.heddle.events;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What goes to standard error while this is open, and how whoever collects logs would take it apart. */
public final class Lines implements AutoCloseable {
    private static final Pattern LINE = Pattern.compile("(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z)"
            + " (ERROR|WARN|INFO|DEBUG) ([\\w.]+)((?: [a-z_]+=(?:\"(?:[^\"\\\\]++|\\\\.)*+\"|[^\\s\"=\\\\]+))*)");
    private static final Pattern FIELD = Pattern.compile(" ([a-z_]+)=(\"(?:[^\"\\\\]++|\\\\.)*+\"|[^\\s\"=\\\\]+)");

    private final PrintStream before = System.err;
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    public Lines() {
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    }

    public List<String> all() {
        LogBackend.flush();
        return said.toString(StandardCharsets.UTF_8).lines().toList();
    }

    /** The fields of each line that tells of this event; every line has to be one. */
    public List<Map<String, String>> of(String event) {
        return all().stream()
                .map(Lines::fields)
                .filter(fields -> event.equals(fields.get("event")))
                .toList();
    }

    /** A line in text; fails if it is none. Values are as they are written, without their quotes. */
    static Map<String, String> fields(String line) {
        Matcher whole = LINE.matcher(line);
        if (!whole.matches()) {
            throw new AssertionError("no line of the log: " + line);
        }
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("level", whole.group(2));
        fields.put("logger", whole.group(3));
        Matcher field = FIELD.matcher(whole.group(4));
        while (field.find()) {
            String value = field.group(2);
            fields.put(field.group(1), value.startsWith("\"") ? value.substring(1, value.length() - 1) : value);
        }
        return fields;
    }

    @Override
    public void close() {
        LogBackend.flush();
        System.setErr(before);
    }
}
