package dev.heddle.config;

import java.util.OptionalInt;

/**
 * Clients of the Erlang system that Heddle replaces.
 *
 * @param port to listen on, 0 being any free one; empty: nobody listens
 * @param bind address to listen on
 * @param tokens whether a login is a name, a colon and a token
 * @param most connections at once; 0: as many as there may be of all kinds
 * @param idleSeconds after so much silence a connection is closed; 0: never
 */
public record LegacySettings(OptionalInt port, String bind, boolean tokens, int most, int idleSeconds) {
    private static final Setting<OptionalInt> PORT = Setting.of("legacy.port", Kind.portOrOff(), "off")
            .means("port for clients of the Erlang system (theirs is 8085); 0: any free one");
    private static final Setting<String> BIND =
            Setting.of("legacy.bind", Kind.text(), "127.0.0.1").means("address to listen on for them");
    private static final Setting<Boolean> TOKENS = Setting.of("legacy.tokens", Kind.FLAG, "no")
            .means(
                    "they log in as NAME:TOKEN, and no name has a colon; the token is checked with auth=token, which needs"
                            + " this, and otherwise ignored");
    private static final Setting<Long> MOST = Setting.of("legacy.connections", Kind.number(0, 1_000_000), "0")
            .in("connections")
            .means("of theirs at once; each is one of max.connections, too. 0: as many as those");
    private static final Setting<Long> IDLE = Setting.of("legacy.idle.seconds", Kind.number(0, 1_000_000), "0")
            .in("s")
            .means("so much silence ends one of theirs; 0: TCP's own keepalive does, and want of room for others");

    static final Area AREA = Area.of("Clients of the Erlang system", PORT, BIND, TOKENS, MOST, IDLE);

    static LegacySettings of(Values values) {
        LegacySettings settings = new LegacySettings(
                values.get(PORT), values.get(BIND), values.get(TOKENS), values.integer(MOST), values.integer(IDLE));
        if (settings.isOn() && !settings.tokens() && AccessSettings.of(values).auth() == AccessSettings.Auth.TOKEN) {
            throw values.wrong(PORT, "with auth=token its clients need tokens, too: legacy.tokens=yes");
        }
        return settings;
    }

    /** Whether anybody listens. */
    public boolean isOn() {
        return port.isPresent();
    }
}
