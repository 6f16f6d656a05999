package dev.heddle.client;

import dev.heddle.config.Settings;
import dev.heddle.server.Server;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A real server in this process, which comes back on its port; the test's thread only. */
final class LiveServer implements AutoCloseable {
    private final Map<String, String> settings = new HashMap<>();
    private Server server;

    LiveServer(Path data, Map<String, String> more) throws Exception {
        settings.putAll(Map.of(
                "data",
                data.toString(),
                "port",
                "0",
                "max.users",
                "10000",
                "max.connections",
                "100",
                "admin.port",
                "off"));
        settings.putAll(more);
        server = Server.start(Settings.of(settings), said -> {});
        settings.put("port", Integer.toString(port()));
    }

    int port() throws java.io.IOException {
        return server.address().getPort();
    }

    int tlsPort() {
        return server.tlsAddress().getPort();
    }

    /** Ends without a goodbye. */
    void stop() {
        server.close();
    }

    void startAgain() throws Exception {
        server = Server.start(Settings.of(settings), said -> {});
    }

    @Override
    public void close() {
        server.close();
    }
}
