package dev.heddle.protocol;

import dev.heddle.config.Given;
import dev.heddle.config.Settings;
import dev.heddle.config.Sources;
import dev.heddle.server.Reload;
import dev.heddle.server.ReloadAnswer;
import dev.heddle.server.Server;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** A server in this process, on a free port. */
final class RunningServer implements AutoCloseable {
    private final Server server;
    private final Reload reload;
    private final Path data;
    final int port;

    /** @param settings pairs of name and value */
    RunningServer(Path data, String... settings) throws Exception {
        Map<String, String> values = new TreeMap<>(
                Map.of("port", "0", "data", data.toString(), "max.users", "20000", "shared.buffer.bytes", "16m"));
        for (int i = 0; i < settings.length; i += 2) {
            values.put(settings[i], settings[i + 1]);
        }
        this.data = data;
        server = Server.start(Settings.of(values), line -> {});
        port = server.address().getPort();
        Map<String, Given> flags = new TreeMap<>();
        values.forEach((name, value) -> flags.put(name, new Given(value, "--" + name)));
        Sources sources = new Sources(null, Map.of(), flags);
        reload = new Reload(sources, sources.read(), server);
    }

    /** Reads the settings, which are the same, and the files that they name again; what becomes of it is in the log, too. */
    ReloadAnswer reload() throws IOException {
        reload.run();
        return ReloadAnswer.read(data).orElseThrow();
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
