package dev.heddle.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Where a client gets its token, asked at each login: so one that has been renewed is used from then on. */
@FunctionalInterface
public interface TokenSource {
    /**
     * The token for the next login.
     *
     * @return at most 3,072 bytes
     * @throws IOException if there is none now; the client tries again later, as it does after anything else that is thrown
     */
    String token() throws IOException;

    /** Whether a later call may give another token. If so, a client that was logged in before tries again after AUTH_FAILED. */
    default boolean mayChange() {
        return true;
    }

    /** A token that stays the same; empty if the server asks for none. */
    static TokenSource of(String token) {
        Objects.requireNonNull(token);
        return new TokenSource() {
            @Override
            public String token() {
                return token;
            }

            @Override
            public boolean mayChange() {
                return false;
            }
        };
    }

    /** The token that stands in a file, without the white space around it. */
    static TokenSource inFile(Path file) {
        return () -> {
            try {
                return Files.readString(file).strip();
            } catch (IOException unreadable) {
                throw new IOException("the token file " + file + " cannot be read", unreadable);
            }
        };
    }
}
