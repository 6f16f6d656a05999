package dev.heddle.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Everything that can be set, checked once, an immutable record for each area. Sizes are bytes, times are what the name says. */
public record Settings(
        ListenSettings listen,
        TlsSettings tls,
        AdminSettings admin,
        AccessSettings access,
        StorageSettings storage,
        InboxSettings inbox,
        ConnectionSettings connections,
        RateSettings rates,
        WatchSettings watches,
        LogSettings told,
        LegacySettings legacy) {

    /** All settings there are, by area. */
    public static final List<Area> TABLE = List.of(
            ListenSettings.AREA,
            TlsSettings.AREA,
            AdminSettings.AREA,
            AccessSettings.AREA,
            StorageSettings.AREA,
            InboxSettings.AREA,
            ConnectionSettings.AREA,
            RateSettings.AREA,
            WatchSettings.AREA,
            LogSettings.AREA,
            LegacySettings.AREA);

    /** The same in one row. */
    static final Map<String, Setting<?>> BY_NAME = byName();

    private static Map<String, Setting<?>> byName() {
        Map<String, Setting<?>> all = new LinkedHashMap<>();
        for (Area area : TABLE) {
            for (Setting<?> setting : area.settings()) {
                if (all.put(setting.name(), setting) != null) {
                    throw new IllegalStateException(setting.name() + " is in the table twice");
                }
            }
        }
        return Collections.unmodifiableMap(all);
    }

    /**
     * All settings, checked.
     *
     * @throws SettingsException if a value is out of its range, or does not go with others
     */
    public static Settings of(Values values) {
        ListenSettings listen = ListenSettings.of(values);
        return new Settings(
                listen,
                TlsSettings.of(values),
                AdminSettings.of(values, listen),
                AccessSettings.of(values),
                StorageSettings.of(values),
                InboxSettings.of(values),
                ConnectionSettings.of(values),
                RateSettings.of(values),
                WatchSettings.of(values),
                LogSettings.of(values),
                LegacySettings.of(values));
    }

    /**
     * As {@link #of(Values)}, from text by name.
     *
     * @throws SettingsException also if a name is unknown
     */
    public static Settings of(Map<String, String> texts) {
        Map<String, Given> given = new TreeMap<>();
        texts.forEach((name, text) -> given.put(name, new Given(text.strip(), "")));
        return of(Values.of(given));
    }
}
