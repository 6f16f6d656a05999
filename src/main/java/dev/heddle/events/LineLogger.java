package dev.heddle.events;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.simple.SimpleLogger;
import org.slf4j.spi.LoggingEventAware;

/**
 * Makes one line of each event; any thread. What a library says in words becomes the value of {@code message}, and an exception
 * with its trace the value of {@code error}. Of Heddle it tells what the settings say, of libraries warnings.
 */
final class LineLogger extends SimpleLogger implements LoggingEventAware {
    private static final long serialVersionUID = 1L;
    private static final String OURS = "dev.heddle.";

    private final boolean ours;
    private final String origin;

    LineLogger(String name) {
        super(name);
        ours = name.startsWith(OURS);
        origin = origin(name);
    }

    /** Of ours the room, of others the whole name. */
    private static String origin(String logger) {
        if (!logger.startsWith(OURS)) {
            return logger;
        }
        int end = logger.indexOf('.', OURS.length());
        return logger.substring(OURS.length(), end < 0 ? logger.length() : end);
    }

    @Override
    protected boolean isLevelEnabled(int level) {
        return level >= (ours ? LogBackend.level() : LOG_LEVEL_WARN);
    }

    @Override
    public void log(LoggingEvent event) {
        if (isLevelEnabled(event.getLevel().toInt())) {
            List<KeyValuePair> fields = new ArrayList<>();
            if (event.getKeyValuePairs() != null) {
                fields.addAll(event.getKeyValuePairs());
            }
            write(event.getLevel(), fields, event.getMessage(), event.getArgumentArray(), event.getThrowable());
        }
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level,
            @Nullable Marker marker,
            @Nullable String pattern,
            Object @Nullable [] arguments,
            @Nullable Throwable thrown) {
        write(level, new ArrayList<>(), pattern, arguments, thrown);
    }

    private void write(
            Level level,
            List<KeyValuePair> fields,
            @Nullable String pattern,
            Object @Nullable [] arguments,
            @Nullable Throwable thrown) {
        if (pattern != null && !pattern.isEmpty()) {
            fields.add(new KeyValuePair("message", MessageFormatter.basicArrayFormat(pattern, arguments)));
        }
        if (thrown != null) {
            fields.add(new KeyValuePair("error", trace(thrown)));
        }
        LogBackend.write(level, origin, fields);
    }

    private static String trace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString().strip();
    }
}
