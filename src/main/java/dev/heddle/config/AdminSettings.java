package dev.heddle.config;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where operators look in.
 *
 * @param on whether there is an admin port at all
 * @param bind address to listen on
 * @param port 0 to 65535; 0: any free one
 * @param next whether one behind it will do, if that is taken
 * @param tokenFile whose first line everybody has to show who is not on this machine; none: nobody has to
 */
public record AdminSettings(boolean on, String bind, int port, boolean next, Optional<Path> tokenFile) {
    private static final int NEXT = -1;
    private static final int OFF = -2;
    private static final int MOST_PORT = 65_535;

    private static final Setting<Integer> PORT = Setting.of(
                    "admin.port",
                    new Kind<>(
                            "next, off, 0 to " + MOST_PORT,
                            "must be next, off or a number from 0 to " + MOST_PORT,
                            AdminSettings::port),
                    "next")
            .means("admin port, for HTTP; next: the first free one after `port`, any free one if that is 0 or off");
    private static final Setting<String> BIND =
            Setting.of("admin.bind", Kind.text(), "127.0.0.1").means("address that the admin port listens on");
    private static final Setting<Optional<Path>> TOKEN_FILE = Setting.of("admin.token.file", Kind.optionalPath(), "")
            .means("file with the token that the admin port wants to see; needed where others can connect to it");

    static final Area AREA = Area.of("Where operators look in", PORT, BIND, TOKEN_FILE);

    private static @Nullable Integer port(String text) {
        return switch (text) {
            case "next" -> NEXT;
            case "off" -> OFF;
            default -> {
                Long number = Kind.number(0, MOST_PORT).parser().parse(text);
                yield number == null ? null : (Integer) Math.toIntExact(number);
            }
        };
    }

    static AdminSettings of(Values values, ListenSettings listen) {
        int port = values.get(PORT);
        boolean next = port == NEXT;
        if (next) {
            int before = listen.port().orElse(0);
            port = before == 0 ? 0 : before + 1;
        }
        if (port > MOST_PORT) {
            throw values.wrong(PORT, "there is no port after " + MOST_PORT);
        }
        return new AdminSettings(port != OFF, values.get(BIND), Math.max(0, port), next, values.get(TOKEN_FILE));
    }
}
