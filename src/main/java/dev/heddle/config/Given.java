package dev.heddle.config;

/**
 * The text that somebody gave a setting.
 *
 * @param where file and line, variable or option; empty: from nobody who could mend it
 */
public record Given(String text, String where) {
    SettingsException wrong(String name, String why) {
        return new SettingsException(prefix() + name + "=" + text + ": " + why);
    }

    SettingsException unknown(String name) {
        return new SettingsException(prefix() + "unknown setting " + name);
    }

    private String prefix() {
        return where.isEmpty() ? "" : where + ": ";
    }
}
