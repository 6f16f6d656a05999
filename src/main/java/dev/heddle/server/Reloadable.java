package dev.heddle.server;

import dev.heddle.config.Settings;
import dev.heddle.config.SettingsException;
import java.util.function.Consumer;

/**
 * A part of the server that takes new settings while it runs. What it depends on is marked {@code reloadable()} in the table,
 * or lies in a file that a setting names and that may have changed although the setting has not.
 */
@FunctionalInterface
public interface Reloadable {
    /** What puts new settings in force. It does not fail: whatever can go wrong went wrong before. */
    @FunctionalInterface
    interface Change {
        /** Nothing is different. */
        Change NONE = () -> {};

        void apply() throws InterruptedException;
    }

    /**
     * Checks new settings, and reads the files that they name. Changes nothing, because another part may still refuse.
     *
     * @param says is told in single lines what else people should know: that a file was read again, and what was in it
     * @throws SettingsException if they cannot be used; then nothing is changed anywhere
     */
    Change prepare(Settings next, Consumer<String> says) throws SettingsException;
}
