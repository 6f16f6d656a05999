package dev.heddle.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is set, as text with its origin; a setting that nobody gave has its default. Immutable. */
public final class Values {
    private final Map<String, Given> given;

    private Values(Map<String, Given> given) {
        this.given = given;
    }

    /**
     * What was given, by name.
     *
     * @throws SettingsException if a name is unknown
     */
    public static Values of(Map<String, Given> given) {
        new TreeMap<>(given).forEach((name, value) -> {
            if (!Settings.BY_NAME.containsKey(name)) {
                throw value.unknown(name);
            }
        });
        return new Values(Map.copyOf(given));
    }

    /**
     * A setting's value.
     *
     * @throws SettingsException if what was given may not be, with where it was given
     */
    public <T> T get(Setting<T> setting) {
        Given value = given(setting);
        T parsed = setting.kind().parser().parse(value.text());
        if (parsed == null) {
            throw value.wrong(setting.name(), setting.kind().must());
        }
        return parsed;
    }

    /** As {@link #get}; the setting's range is one of int. */
    public int integer(Setting<Long> setting) {
        return Math.toIntExact(get(setting));
    }

    /** For what is wrong only together with other settings: an error that says where this one was given. */
    public SettingsException wrong(Setting<?> setting, String why) {
        return given(setting).wrong(setting.name(), why);
    }

    private Given given(Setting<?> setting) {
        if (!setting.equals(Settings.BY_NAME.get(setting.name()))) {
            throw new IllegalStateException(setting.name() + " is in no area of the table");
        }
        Given value = given.get(setting.name());
        return value == null ? new Given(setting.otherwise(), "") : value;
    }

    /** These, with the others' values of what a reload can change. */
    public Values reloaded(Values others) {
        Map<String, Given> merged = new HashMap<>();
        Settings.BY_NAME.forEach((name, setting) -> {
            Given value = (setting.live() ? others : this).given.get(name);
            if (value != null) {
                merged.put(name, value);
            }
        });
        return new Values(Map.copyOf(merged));
    }

    /** The settings whose values differ, in the order of the table. Both can be read without an error. */
    public List<Setting<?>> differences(Values others) {
        List<Setting<?>> different = new ArrayList<>();
        Settings.BY_NAME.values().forEach(setting -> {
            if (!get(setting).equals(others.get(setting))) {
                different.add(setting);
            }
        });
        return different;
    }

    /** A setting's value as it was written. */
    public String text(Setting<?> setting) {
        return given(setting).text();
    }
}
