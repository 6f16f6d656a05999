package dev.heddle.protocol;

import dev.heddle.config.Settings;
import dev.heddle.server.Server;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** A server in this process, on a free port. */
final class RunningServer implements AutoCloseable {
    private final Server server;
    final int port;

    /** @param settings pairs of name and value */
    RunningServer(Path data, String... settings) throws Exception {
        Map<String, String> values = new TreeMap<>(
                Map.of("port", "0", "data", data.toString(), "max.users", "20000", "shared.buffer.bytes", "16m"));
        for (int i = 0; i < settings.length; i += 2) {
            values.put(settings[i], settings[i + 1]);
        }
        server = Server.start(Settings.of(values), line -> {});
        port = server.address().getPort();
    }

    /** A connection without a login. */
    RawClient connect() throws Exception {
        return new RawClient(port);
    }

    /** A connection that has been welcomed; what else comes is still to be read. */
    RawClient login(String user) throws Exception {
        RawClient client = RawClient.login(port, user, 0);
        client.welcome();
        return client;
    }

    void drain() throws Exception {
        server.drain();
    }

    Server server() {
        return server;
    }

    @Override
    public void close() {
        server.close();
    }
}
