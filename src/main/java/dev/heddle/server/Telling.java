package dev.heddle.server;

import dev.heddle.config.LogSettings;
import dev.heddle.config.Settings;
import dev.heddle.events.LineFormat;
import dev.heddle.events.LogBackend;
import java.util.function.Consumer;
import org.slf4j.event.Level;

/** How much the server tells of itself, and how. Holds nothing: the backend is the process's. */
final class Telling implements Reloadable {
    static void change(LogSettings settings) {
        LogBackend.change(
                Level.valueOf(settings.level().name()),
                LineFormat.valueOf(settings.format().name()));
    }

    @Override
    public Change prepare(Settings next, Consumer<String> says) {
        return () -> change(next.told());
    }
}
