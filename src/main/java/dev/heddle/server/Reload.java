package dev.heddle.server;

import dev.heddle.config.Setting;
import dev.heddle.config.Settings;
import dev.heddle.config.SettingsException;
import dev.heddle.config.Sources;
import dev.heddle.config.Values;
import dev.heddle.events.Event;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration again and puts in force what can be; the reloading thread. A configuration with a fault changes
 * nothing. What it says goes to the log, and to whoever asked by way of {@link ReloadAnswer}.
 */
public final class Reload {
    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    private final Sources sources;
    private final Server server;
    private final LongSupplier wallMillis;
    private Values running;

    /** @param running what the server was started with, from the same sources */
    public Reload(Sources sources, Values running, Server server) {
        this.sources = sources;
        this.running = running;
        this.server = server;
        this.wallMillis = System::currentTimeMillis;
    }

    /** Reloads once. */
    public void run() {
        ReloadAnswer answer = reload(wallMillis.getAsLong());
        answer.lines().forEach(line -> {
            Event event = answer.refused() ? Event.RELOAD_REFUSED : Event.RELOADED;
            server.events().at(LOG, event).addKeyValue("what", line).log();
        });
        try {
            answer.write(server.data());
        } catch (IOException failure) {
            server.events().at(LOG, Event.FAULT).setCause(failure).log();
        }
    }

    private ReloadAnswer reload(long begunMillis) {
        List<String> lines = new ArrayList<>();
        try {
            Values wanted = sources.read();
            // All of it has to make sense, also what only the next start will use.
            Settings.of(wanted);
            Values next = running.reloaded(wanted);
            List<String> others = new ArrayList<>();
            server.reloadables().apply(Settings.of(next), others::add);
            for (Setting<?> changed : running.differences(next)) {
                lines.add("changed " + changed.name() + "=" + next.text(changed) + " (was " + running.text(changed)
                        + ")");
            }
            for (Setting<?> waiting : next.differences(wanted)) {
                lines.add("needs a restart: " + waiting.name() + "=" + wanted.text(waiting) + " (runs with "
                        + next.text(waiting) + ")");
            }
            lines.addAll(others);
            running = next;
            return new ReloadAnswer(begunMillis, false, lines.isEmpty() ? List.of("nothing has changed") : lines);
        } catch (SettingsException wrong) {
            return refused(begunMillis, String.valueOf(wrong.getMessage()));
        } catch (InterruptedException | RuntimeException failure) {
            server.events().at(LOG, Event.FAULT).setCause(failure).log();
            return refused(begunMillis, failure.toString());
        }
    }

    private static ReloadAnswer refused(long begunMillis, String why) {
        return new ReloadAnswer(begunMillis, true, List.of("refused, everything stays as it was: " + why));
    }
}
