package dev.heddle.config;

import java.util.OptionalInt;

/**
 * Where clients connect in plain TCP.
 *
 * @param bind address to listen on
 * @param port 0 being any free one; empty: there is none
 */
public record ListenSettings(String bind, OptionalInt port) {
    private static final Setting<String> BIND =
            Setting.of("bind", Kind.text(), "127.0.0.1").means("address to listen on");
    static final Setting<OptionalInt> PORT = Setting.of("port", Kind.portOrOff(), "7400")
            .means("port to listen on; 0: any free one; off: TLS is the only way in");

    static final Area AREA = Area.of("Where clients connect", BIND, PORT);

    static ListenSettings of(Values values) {
        return new ListenSettings(values.get(BIND), values.get(PORT));
    }

    /** Whether there is a port for it. */
    public boolean isOn() {
        return port.isPresent();
    }
}
