package dev.heddle.server;

import dev.heddle.config.LogSettings;
import dev.heddle.config.Settings;
import dev.heddle.config.SettingsException;
import dev.heddle.events.Event;
import dev.heddle.events.EventLog;
import dev.heddle.events.LineFormat;
import dev.heddle.events.LogBackend;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** How much the server tells of itself, how, and where. Holds nothing: the backend is the process's. */
final class Telling implements Reloadable {
    private static final Logger LOG = LoggerFactory.getLogger(Telling.class);

    private final EventLog events;

    Telling(EventLog events) {
        this.events = events;
    }

    /** @throws SettingsException if the file cannot be written */
    static void begin(LogSettings settings) {
        change(settings);
        try {
            LogBackend.writeTo(file(settings));
        } catch (IOException failure) {
            throw wrong(settings, failure);
        }
    }

    private static void change(LogSettings settings) {
        LogBackend.change(
                Level.valueOf(settings.level().name()),
                LineFormat.valueOf(settings.format().name()));
    }

    private static @Nullable Path file(LogSettings settings) {
        return settings.file().orElse(null);
    }

    private static SettingsException wrong(LogSettings settings, IOException failure) {
        return new SettingsException("log.file=" + file(settings) + ": cannot be written: " + failure);
    }

    @Override
    public Change prepare(Settings next, Consumer<String> says) {
        LogSettings settings = next.told();
        try {
            LogBackend.check(file(settings));
        } catch (IOException failure) {
            throw wrong(settings, failure);
        }
        return () -> apply(settings);
    }

    /** Opens the file again, which may be another one by the same name. */
    private void apply(LogSettings settings) {
        change(settings);
        try {
            LogBackend.writeTo(file(settings));
        } catch (IOException failure) {
            // A moment ago it could be written. The one before goes on.
            events.at(LOG, Event.FAULT).setCause(failure).log();
        }
    }
}
