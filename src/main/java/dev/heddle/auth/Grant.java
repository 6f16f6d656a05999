package dev.heddle.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of the token that a session was opened with, to tell later whether it still holds; immutable, 48 bytes. Names
 * are kept as the first 64 bits of their SHA-256.
 *
 * @param key of the key that signed it, with its id
 * @param id of the token's id; {@link #NO_ID}: it has none
 * @param user of the user's name
 * @param issuedMillis when it was made, since 1970; 0: it does not say
 */
public record Grant(long key, long id, long user, long issuedMillis) {
    static final long NO_ID = 0;

    static long ofId(@Nullable String id) {
        return id == null ? NO_ID : digest(id.getBytes(StandardCharsets.UTF_8));
    }

    static long ofUser(byte[] name) {
        return digest(name);
    }

    /** The first 64 bits of the SHA-256 of the parts, one after the other. */
    static long digest(byte[]... parts) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) {
                sha.update(part);
            }
            return ByteBuffer.wrap(sha.digest()).getLong();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
