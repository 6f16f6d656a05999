package dev.heddle.server;

import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a backup goes, or how it went. Immutable.
 *
 * @param folder where the copy will be, or is
 * @param bytes copied so far
 * @param ofBytes that there are to copy; 0: not known yet
 * @param messages waiting in it; 0: not known yet
 * @param millis since it was begun, or that it took
 * @param stage where it stands
 * @param error why it failed, in one line; null if it has not
 */
public record BackupProgress(
        Path folder,
        long bytes,
        long ofBytes,
        long messages,
        long millis,
        Stage stage,
        @Nullable String error) {
    /** Where a backup stands. */
    public enum Stage {
        RUNNING,
        DONE,
        FAILED
    }

    /** For people, in one line. */
    public String line() {
        return switch (stage) {
            case RUNNING -> String.format(Locale.ROOT, "%,d of %,d bytes", bytes, ofBytes);
            case DONE ->
                String.format(
                        Locale.ROOT,
                        "heddle backup in %s: %,d bytes, %,d messages waiting, %.1f seconds",
                        folder,
                        bytes,
                        messages,
                        millis / 1000.0);
            case FAILED -> "backup to " + folder + ": " + error;
        };
    }
}
