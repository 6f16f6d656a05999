package dev.heddle.events;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;

/**
 * Where the lines of this process go, from which level on, and how they look; any thread. Bounded by its {@link LineOutput}.
 * They go to standard error until a file is named. {@link LogProvider} brings it what is said by SLF4J.
 */
public final class LogBackend {
    /** For so long the end of the process waits for lines to be written. */
    public static final long PATIENCE_MILLIS = 1000;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private static final LineOutput OUTPUT =
            new LineOutput("heddle-log", StandardStream.err(), LogBackend::tellDropped);

    private static volatile int level = Level.INFO.toInt();
    private static volatile LineFormat format = LineFormat.TEXT;
    private static volatile boolean inFile;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(LogBackend::flush, "heddle-log-end"));
    }

    private LogBackend() {}

    /** What is written from now on of what Heddle says, and how. */
    public static void change(Level leastGrave, LineFormat next) {
        level = leastGrave.toInt();
        format = next;
    }

    /**
     * Opens a file and writes to its end from now on, or to standard error.
     *
     * @param file made if there is none; null: standard error
     * @throws IOException if it cannot be written; then nothing has changed
     */
    public static void writeTo(@Nullable Path file) throws IOException {
        OUTPUT.to(file == null ? StandardStream.err() : append(file));
        inFile = file != null;
    }

    /** Whether lines go to a file, and not to standard error. */
    public static boolean isInFile() {
        return inFile;
    }

    /**
     * Whether {@link #writeTo} would do now.
     *
     * @throws IOException if not
     */
    public static void check(@Nullable Path file) throws IOException {
        if (file != null) {
            append(file).close();
        }
    }

    private static OutputStream append(Path file) throws IOException {
        return Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** A line of its own, for people, among the events. */
    public static void say(String line) {
        OUTPUT.add(line + "\n");
    }

    /** Waits for what was said to be written, a second at most. */
    public static void flush() {
        OUTPUT.flush(PATIENCE_MILLIS);
    }

    /** Lines that were not written because nobody read them, or because there was no room on the disk; since the start. */
    public static long dropped() {
        return OUTPUT.dropped();
    }

    static int level() {
        return level;
    }

    static void write(Level level, String origin, List<KeyValuePair> fields) {
        OUTPUT.add(line(level, origin, fields));
    }

    private static String line(Level level, String origin, List<KeyValuePair> fields) {
        return format.line(TIME.format(Instant.ofEpochMilli(System.currentTimeMillis())), level.name(), origin, fields);
    }

    private static String tellDropped(long lines) {
        return line(
                Event.LOG_LINES_DROPPED.level,
                "events",
                List.of(new KeyValuePair("event", Event.LOG_LINES_DROPPED), new KeyValuePair("lines", lines)));
    }
}
