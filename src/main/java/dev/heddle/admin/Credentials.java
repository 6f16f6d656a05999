package dev.heddle.admin;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * What lets somebody in: the token that an operator has set, if there is one, and the secret of this run, which lies in the data
 * folder for its owner alone. Immutable; neither is ever said.
 */
public final class Credentials {
    private final Optional<byte[]> token;
    private final byte[] secret;

    public Credentials(Optional<String> token, String secret) {
        this.token = token.map(Credentials::bytes);
        this.secret = bytes(secret);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Whether reading, too, needs one of them. */
    boolean guardReading() {
        return token.isPresent();
    }

    /** Whether it is one of them, in UTF-8. Takes the same time for every one that is wrong. */
    boolean include(byte[] shown) {
        boolean ours = MessageDigest.isEqual(secret, shown);
        boolean theirs = token.map(right -> MessageDigest.isEqual(right, shown)).orElse(false);
        return ours || theirs;
    }

    @Override
    public String toString() {
        return "credentials";
    }
}
