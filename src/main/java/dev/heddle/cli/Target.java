package dev.heddle.cli;

import dev.heddle.client.ClientOptions;
import dev.heddle.client.CursorStore;
import dev.heddle.wire.UserNames;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which server a client command talks to, and how. */
final class Target {
    @Option(names = "--host", description = "The server's host (127.0.0.1).")
    private String host = "127.0.0.1";

    @Option(names = "--port", description = "The server's port (7400).")
    private int port = 7400;

    @Option(names = "--token", description = "The token for LOGIN (none).")
    private String token = "";

    @Option(names = "--cursor", paramLabel = "FILE", description = "Keeps the cursor there (in memory).")
    private @Nullable Path cursor;

    /** The options of a client that logs in as this user. */
    ClientOptions as(String user) {
        UserNames.encode(user);
        ClientOptions options = ClientOptions.of(user).at(host, port).withToken(token);
        return cursor == null ? options : options.withCursor(CursorStore.inFile(cursor));
    }
}
