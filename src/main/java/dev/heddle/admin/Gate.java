package dev.heddle.admin;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides which requests are let in. Immutable.
 *
 * <p>A page that a browser on this machine shows could connect to the loopback address, too. It cannot read an answer of
 * another origin, unless its own name is made to lead here (DNS rebinding): so whoever shows no token has to call this server
 * by an address or as localhost, except to hear whether it is well and for the files of the dashboard, which ask for the token
 * themselves. And it cannot do anything, because that takes a bearer token, which browsers do not add of their own accord.
 */
final class Gate {
    private static final Pattern ADDRESS =
            Pattern.compile("(localhost|\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-fA-F:.]+])(:\\d{1,5})?");

    private static final String BEARER = "Bearer ";
    private static final String BASIC = "Basic ";

    private final Credentials credentials;

    Gate(Credentials credentials) {
        this.credentials = credentials;
    }

    /**
     * Why not.
     *
     * @param host the header
     * @param authorization the header
     * @return null if it is let in
     */
    @Nullable
    Answer refuse(Route.Access access, @Nullable String host, @Nullable String authorization) {
        boolean shown = shows(access, authorization);
        if (shown || access == Route.Access.OPEN) {
            return null;
        }
        if (host == null || !ADDRESS.matcher(host).matches()) {
            return Answer.error(403, "without a token, ask by address or as localhost");
        }
        boolean needed = access == Route.Access.ACT || credentials.guardReading();
        return needed ? Answer.error(401, "this needs the token, as Authorization: Bearer") : null;
    }

    private boolean shows(Route.Access access, @Nullable String authorization) {
        if (authorization == null) {
            return false;
        }
        if (authorization.startsWith(BEARER)) {
            return credentials.include(bytes(authorization.substring(BEARER.length())));
        }
        // The only way that a person with a browser has; but a browser says it again to whoever makes it ask.
        return access != Route.Access.ACT
                && authorization.startsWith(BASIC)
                && credentials.include(password(authorization.substring(BASIC.length())));
    }

    /** A header's characters are its bytes. */
    private static byte[] bytes(String word) {
        return word.strip().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] password(String encoded) {
        try {
            String pair = new String(Base64.getDecoder().decode(encoded.strip()), StandardCharsets.ISO_8859_1);
            return pair.substring(pair.indexOf(':') + 1).getBytes(StandardCharsets.ISO_8859_1);
        } catch (IllegalArgumentException wrong) {
            return new byte[0];
        }
    }
}
