package dev.heddle.config;

import java.util.OptionalInt;

/**
 * Clients of the Erlang system that Heddle replaces.
 *
 * @param port to listen on, 0 being any free one; empty: nobody listens
 * @param bind address to listen on
 * @param most connections at once
 * @param idleSeconds after so much silence a connection is closed; 0: never
 */
public record LegacySettings(OptionalInt port, String bind, int most, int idleSeconds) {
    private static final Setting<OptionalInt> PORT = Setting.of("legacy.port", Kind.portOrOff(), "off")
            .means(
                    "port for clients of the Erlang system (theirs is 8085); 0: any free one. Their protocol has no tokens,"
                            + " so not with auth=token");
    private static final Setting<String> BIND =
            Setting.of("legacy.bind", Kind.text(), "127.0.0.1").means("address to listen on for them");
    private static final Setting<Long> MOST = Setting.of("legacy.connections", Kind.number(1, 100_000), "1000")
            .in("connections")
            .means("of theirs at once; each is one of max.connections, too, and takes two more open files");
    private static final Setting<Long> IDLE = Setting.of("legacy.idle.seconds", Kind.number(0, 1_000_000), "0")
            .in("s")
            .means("so much silence ends one of theirs; 0: only TCP's own keepalive does");

    static final Area AREA = Area.of("Clients of the Erlang system", PORT, BIND, MOST, IDLE);

    static LegacySettings of(Values values) {
        LegacySettings settings =
                new LegacySettings(values.get(PORT), values.get(BIND), values.integer(MOST), values.integer(IDLE));
        if (settings.isOn() && AccessSettings.of(values).auth() == AccessSettings.Auth.TOKEN) {
            throw values.wrong(PORT, "the protocol behind it has no tokens, so it cannot be spoken with auth=token");
        }
        return settings;
    }

    /** Whether anybody listens. */
    public boolean isOn() {
        return port.isPresent();
    }
}
