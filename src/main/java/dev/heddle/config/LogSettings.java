package dev.heddle.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What the server tells of itself, and where.
 *
 * @param level the least grave that is told
 * @param format of a line
 * @param file that lines are added to; none: standard error
 */
public record LogSettings(Level level, Format format, Optional<Path> file) {
    /** How grave something is. */
    public enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG
    }

    /** How a line looks. */
    public enum Format {
        /** Words and {@code key=value}. */
        TEXT,
        /** An object a line. */
        JSON
    }

    private static final Setting<Level> LEVEL = Setting.of("log.level", Kind.oneOf(Level.class), "info")
            .means("what the server tells of itself in its log: this, and what is graver")
            .reloadable();
    private static final Setting<Format> FORMAT = Setting.of("log.format", Kind.oneOf(Format.class), "text")
            .means("whether such a line is words and key=value, or a JSON object")
            .reloadable();

    private static final Setting<Optional<Path>> FILE = Setting.of("log.file", Kind.optionalPath(), "")
            .means("file that the log is added to, in the place of standard error; a reload opens it again")
            .reloadable();

    static final Area AREA = Area.of("What is told", LEVEL, FORMAT, FILE);

    static LogSettings of(Values values) {
        return new LogSettings(values.get(LEVEL), values.get(FORMAT), values.get(FILE));
    }
}
