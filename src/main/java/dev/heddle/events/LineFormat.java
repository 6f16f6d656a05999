package dev.heddle.events;

import dev.heddle.text.Printable;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/**
 * How an event is written in one line. Whatever a client can put into a value, it cannot end the line, begin another field, or
 * change what a terminal shows: all that is not plain stands in quotes, and what does not print is escaped as in JSON.
 */
public enum LineFormat {
    /** {@code 2026-11-24T15:02:03.456Z WARN edge event=login_refused user=alice reason="the token has expired"} */
    TEXT {
        @Override
        String line(String time, String level, String logger, List<KeyValuePair> fields) {
            StringBuilder line = new StringBuilder(128);
            line.append(time).append(' ').append(level).append(' ');
            bare(line, logger);
            for (KeyValuePair field : fields) {
                line.append(' ').append(field.key).append('=');
                bare(line, String.valueOf(field.value));
            }
            return line.append('\n').toString();
        }
    },
    /** One object, with strings and whole numbers; {@code time}, {@code level} and {@code logger} come first. */
    JSON {
        @Override
        String line(String time, String level, String logger, List<KeyValuePair> fields) {
            StringBuilder line = new StringBuilder(160);
            line.append("{\"time\":\"").append(time).append("\",\"level\":\"").append(level);
            line.append("\",\"logger\":");
            quoted(line, logger);
            for (KeyValuePair field : fields) {
                line.append(",\"").append(field.key).append("\":");
                if (field.value instanceof Long || field.value instanceof Integer || field.value instanceof Boolean) {
                    line.append(field.value);
                } else {
                    quoted(line, String.valueOf(field.value));
                }
            }
            return line.append("}\n").toString();
        }
    };

    /** Longer values are cut here, in characters. */
    static final int LONGEST_VALUE = 4000;

    private static final String PLAIN = "-_.,:;/+@()[]{}<>|&*#%!?$^~'";

    abstract String line(String time, String level, String logger, List<KeyValuePair> fields);

    /** Without quotes if it is a word of harmless characters. */
    private static void bare(StringBuilder line, String value) {
        boolean plain = !value.isEmpty()
                && value.length() <= LONGEST_VALUE
                && value.codePoints()
                        .allMatch(point -> PLAIN.indexOf(point) >= 0
                                || (Character.isLetterOrDigit(point) && Printable.isShown(point)));
        if (plain) {
            line.append(value);
        } else {
            quoted(line, value);
        }
    }

    private static void quoted(StringBuilder line, String value) {
        line.append('"');
        value.codePoints().limit(LONGEST_VALUE).forEach(point -> {
            switch (point) {
                case '"' -> line.append("\\\"");
                case '\\' -> line.append("\\\\");
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                    if (Printable.isShown(point)) {
                        line.appendCodePoint(point);
                    } else {
                        Printable.escape(line, point);
                    }
                }
            }
        });
        line.append(value.length() > LONGEST_VALUE ? "...\"" : "\"");
    }
}
