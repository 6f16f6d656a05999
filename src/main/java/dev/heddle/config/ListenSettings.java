package dev.heddle.config;

/**
 * Where clients connect.
 *
 * @param bind address to listen on
 * @param port 0 to 65535; 0: any free one
 */
public record ListenSettings(String bind, int port) {
    private static final Setting<String> BIND =
            Setting.of("bind", Kind.text(), "127.0.0.1").means("address to listen on");
    private static final Setting<Long> PORT =
            Setting.of("port", Kind.number(0, 65_535), "7400").means("port to listen on; 0: any free one");

    static final Area AREA = Area.of("Where clients connect", BIND, PORT);

    static ListenSettings of(Values values) {
        return new ListenSettings(values.get(BIND), values.integer(PORT));
    }
}
