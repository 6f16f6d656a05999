package dev.heddle.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a client gets its token, asked at each login: so one that has been renewed is used from then on. */
@FunctionalInterface
public interface TokenSource {
    /**
     * The token for the next login.
     *
     * @throws IOException if there is none now; the client tries again later
     */
    String token() throws IOException;

    /** A token that stays the same; empty if the server asks for none. */
    static TokenSource of(String token) {
        return () -> token;
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
