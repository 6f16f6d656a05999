package dev.heddle.config;

/**
 * Presence watches.
 *
 * @param perSession users that one session may watch
 * @param total watches of all sessions
 */
public record WatchSettings(int perSession, int total) {
    private static final Setting<Long> PER_SESSION = Setting.of("watches.per.session", Kind.number(0, 1_000_000), "500")
            .in("watches")
            .means("users whose presence one session may watch")
            .reloadable();
    private static final Setting<Long> TOTAL = Setting.of("watches.total", Kind.number(0, 100_000_000), "200000")
            .in("watches")
            .means("of all sessions together")
            .reloadable();

    static final Area AREA = Area.of("Presence", PER_SESSION, TOTAL);

    static WatchSettings of(Values values) {
        return new WatchSettings(values.integer(PER_SESSION), values.integer(TOTAL));
    }
}
