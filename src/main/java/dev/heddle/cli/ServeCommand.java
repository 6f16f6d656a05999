package dev.heddle.cli;

import dev.heddle.server.Server;
import dev.heddle.server.Settings;
import dev.heddle.server.SettingsException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code heddle serve}: runs a server until it is told to stop, by SIGTERM or SIGINT, and then drains it. */
@Command(name = "serve", description = "Runs a server.", mixinStandardHelpOptions = true, showDefaultValues = false)
final class ServeCommand implements Callable<Integer> {
    @Option(names = "--config", paramLabel = "FILE", description = "Settings, in the form name=value.")
    private @Nullable Path config;

    @Option(names = "--port", description = "Port to listen on (7400).")
    private @Nullable String port;

    @Option(names = "--bind", paramLabel = "ADDRESS", description = "Address to listen on (127.0.0.1).")
    private @Nullable String bind;

    @Option(names = "--data", paramLabel = "DIR", description = "Data folder (data).")
    private @Nullable String data;

    @Option(names = "--sync", paramLabel = "always|os", description = "What ACCEPTED waits for (always).")
    private @Nullable String sync;

    @Option(names = "--shards", paramLabel = "N", description = "Shards of a new data folder (1).")
    private @Nullable String shards;

    @Option(names = "--set", paramLabel = "NAME=VALUE", description = "Any other setting.")
    private Map<String, String> others = new TreeMap<>();

    @Override
    public Integer call() throws Exception {
        Server server;
        Settings settings;
        try {
            settings = Settings.of(values());
            server = Server.start(settings, System.out::println);
        } catch (SettingsException wrong) {
            System.err.println("heddle: " + Main.cause(wrong));
            return 1;
        }
        long pid = ProcessHandle.current().pid();
        var address = server.address();
        System.out.println("heddle ready on " + address.getAddress().getHostAddress() + ":" + address.getPort()
                + ", pid " + pid + ", data " + settings.data());
        return serve(server);
    }

    private Map<String, String> values() {
        Map<String, String> values = config == null ? new TreeMap<>() : Settings.read(config);
        values.putAll(others);
        put(values, "port", port);
        put(values, "bind", bind);
        put(values, "data", data);
        put(values, "sync", sync);
        put(values, "shards", shards);
        return values;
    }

    private static void put(Map<String, String> values, String name, @Nullable String value) {
        if (value != null) {
            values.put(name, value);
        }
    }

    /** Never returns: the process ends in the drain or in a failure. */
    private static int serve(Server server) throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> drain(server), "heddle-drain"));
        Throwable failure = server.awaitFailure();
        System.err.println("heddle: storage failed, nothing more is accepted: " + Main.cause(failure));
        // At once: what is in memory is of no use, and recovery decides what was durable.
        Runtime.getRuntime().halt(1);
        return 1;
    }

    private static void drain(Server server) {
        try {
            server.drain();
            System.out.println("heddle drained");
            System.out.flush();
            Runtime.getRuntime().halt(0);
        } catch (Exception failure) {
            System.err.println("heddle: the drain failed, the next start recovers: " + Main.cause(failure));
            Runtime.getRuntime().halt(1);
        }
    }
}
