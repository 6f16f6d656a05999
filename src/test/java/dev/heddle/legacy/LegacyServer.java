package dev.heddle.legacy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.client.ClientOptions;
import dev.heddle.client.Delivery;
import dev.heddle.client.HeddleClient;
import dev.heddle.client.Listener;
import dev.heddle.config.Settings;
import dev.heddle.server.Server;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server in this process with a door for legacy clients, both on free ports. */
final class LegacyServer implements AutoCloseable {
    final Server server;
    final LegacyPort legacy;
    final int port;

    /** @param settings pairs of name and value */
    LegacyServer(Path data, String... settings) throws Exception {
        Map<String, String> values = new TreeMap<>(Map.of(
                "port",
                "0",
                "legacy.port",
                "0",
                "data",
                data.toString(),
                "max.users",
                "20000",
                "max.connections",
                "400"));
        for (int i = 0; i < settings.length; i += 2) {
            values.put(settings[i], settings[i + 1]);
        }
        server = Server.start(Settings.of(values), line -> {});
        legacy = Objects.requireNonNull(server.legacy());
        port = server.legacyAddress().getPort();
    }

    LegacyClient login(String user) throws Exception {
        return LegacyClient.login(port, user);
    }

    /** What the admin port says at this path. */
    String page(String path) throws IOException {
        URI admin = server.admin().orElseThrow();
        try (InputStream in = admin.resolve(path).toURL().openStream()) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    /** A client of Heddle's own protocol. */
    HeddleClient modern(String user, Listener listener) throws Exception {
        HeddleClient client = HeddleClient.open(
                ClientOptions.of(user).at("127.0.0.1", server.address().getPort()), listener);
        assertThat(client.awaitConnected(Duration.ofSeconds(10))).isTrue();
        return client;
    }

    /** What a client of Heddle's own protocol hears. */
    static final class Heard implements Listener {
        final List<Delivery> messages = new CopyOnWriteArrayList<>();

        @Override
        public void onMessage(Delivery delivery) {
            messages.add(delivery);
        }

        List<String> texts() {
            return messages.stream()
                    .map(message -> new String(message.body(), UTF_8))
                    .toList();
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
