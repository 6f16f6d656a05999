package dev.heddle.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Who may come in.
 *
 * @param auth what a login is judged by
 * @param keys file of the keys that tokens are verified with; read only if there are tokens
 * @param revoked file of tokens that hold no longer; none: all hold until they expire
 * @param skewSeconds how far the clocks of those who make tokens may be apart from the server's
 * @param insecure whether an address that others can reach may do without tokens and TLS
 */
public record AccessSettings(Auth auth, Path keys, Optional<Path> revoked, int skewSeconds, boolean insecure) {
    /** What a login is judged by. */
    public enum Auth {
        /** By nothing: everybody is who they say they are. */
        NONE,
        /** By a token that names the user. */
        TOKEN
    }

    private static final Setting<Auth> AUTH = Setting.of("auth", Kind.oneOf(Auth.class), "none")
            .means("whether a login needs a token (`bin/heddle token` makes one)");
    private static final Setting<Path> KEYS = Setting.of("auth.keys", Kind.path(), "heddle.keys")
            .means("key file that tokens are verified with; a reload reads it again")
            .reloadable();
    private static final Setting<Optional<Path>> REVOKED = Setting.of("auth.revoked", Kind.optionalPath(), "")
            .means("file of tokens that hold no longer, by their ids or users; a reload reads it again")
            .reloadable();
    private static final Setting<Long> SKEW = Setting.of("auth.skew.seconds", Kind.number(0, 600), "30")
            .in("s")
            .means("how far the clock of who makes tokens may be apart from this one");
    private static final Setting<Boolean> INSECURE =
            Setting.of("insecure", Kind.FLAG, "no").means("listen without tokens or TLS even where others can connect");

    static final Area AREA = Area.of("Who may come in", AUTH, KEYS, REVOKED, SKEW, INSECURE);

    static AccessSettings of(Values values) {
        return new AccessSettings(
                values.get(AUTH), values.get(KEYS), values.get(REVOKED), values.integer(SKEW), values.get(INSECURE));
    }
}
