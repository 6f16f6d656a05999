package dev.heddle.config;

/**
 * What the server tells of itself on standard error.
 *
 * @param level the least grave that is told
 * @param format of a line
 */
public record LogSettings(Level level, Format format) {
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
            .means("what the server tells of itself on standard error: this, and what is graver")
            .reloadable();
    private static final Setting<Format> FORMAT = Setting.of("log.format", Kind.oneOf(Format.class), "text")
            .means("whether such a line is words and key=value, or a JSON object")
            .reloadable();

    static final Area AREA = Area.of("What is told", LEVEL, FORMAT);

    static LogSettings of(Values values) {
        return new LogSettings(values.get(LEVEL), values.get(FORMAT));
    }
}
