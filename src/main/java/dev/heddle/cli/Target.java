package dev.heddle.cli;

import dev.heddle.client.ClientOptions;
import dev.heddle.client.CursorStore;
import dev.heddle.client.TokenSource;
import dev.heddle.tls.ClientContext;
import dev.heddle.tls.TlsFileException;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.UserNames;
import java.io.IOException;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which server a client command talks to, and how. */
final class Target {
    private static final int TLS_PORT = 7443;

    @Option(names = "--host", description = "The server's host (127.0.0.1).")
    private String host = "127.0.0.1";

    @Option(names = "--port", description = "The server's port (7400; over TLS 7443).")
    private @Nullable Integer port;

    @Option(names = "--tls", description = "Over TLS, with a server that an authority known to Java has certified.")
    private boolean tls;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "Over TLS, with a server that has one of these certificates, or one signed by one of them.")
    private @Nullable Path authorities;

    /** One or the other. */
    private static final class Token {
        @Option(
                names = "--token",
                description = "The token for LOGIN (HEDDLE_TOKEN, which others cannot see in the list of processes).")
        private String text = "";

        @Option(names = "--token-file", paramLabel = "FILE", description = "Reads the token there, at each login.")
        private @Nullable Path file;
    }

    @ArgGroup
    private @Nullable Token token;

    @Option(names = "--cursor", paramLabel = "FILE", description = "Keeps the cursor there (in memory).")
    private @Nullable Path cursor;

    /** Refuses what makes no sense. */
    static void atLeast(int least, String name, int value) {
        if (value < least) {
            throw new IllegalArgumentException(name + " " + value + ": must be " + least + " or more");
        }
    }

    private TokenSource token() throws IOException {
        if (token == null) {
            return TokenSource.of(
                    System.getenv().getOrDefault("HEDDLE_TOKEN", "").strip());
        }
        if (token.file == null) {
            return TokenSource.of(token.text);
        }
        TokenSource source = TokenSource.inFile(token.file);
        if (source.token().isEmpty()) {
            throw new IOException("the token file " + token.file + " is empty");
        }
        return source;
    }

    private SSLContext believed() throws IOException {
        try {
            return authorities == null ? ClientContext.trustingTheUsual() : ClientContext.trusting(authorities);
        } catch (TlsFileException unusable) {
            throw new IOException(unusable.getMessage(), unusable);
        }
    }

    /** The options of a client that logs in as this user. */
    ClientOptions as(String user) throws IOException {
        UserNames.encode(user);
        boolean encrypted = tls || authorities != null;
        int there = port != null ? port : encrypted ? TLS_PORT : Protocol.DEFAULT_PORT;
        ClientOptions options = ClientOptions.of(user).at(host, there).withToken(token());
        if (encrypted) {
            options = options.withTls(believed());
        }
        if (cursor == null) {
            return options;
        }
        CursorStore store = CursorStore.inFile(cursor);
        try {
            store.save(store.load());
        } catch (IOException unusable) {
            throw new IOException("the cursor file " + cursor + " cannot be used: " + unusable.getMessage(), unusable);
        }
        return options.withCursor(store);
    }
}
