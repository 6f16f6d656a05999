package dev.heddle.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.client.ClientOptions;
import dev.heddle.client.HeddleClient;
import dev.heddle.client.Listener;
import dev.heddle.client.Receipt;
import dev.heddle.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who writes to names that nobody knew is slowed, and loses nothing by it. */
class NewNamesTest {
    private static final int NAMES = 40;
    private static final int A_SECOND = 10;

    @TempDir
    private Path data;

    @ParameterizedTest
    @ValueSource(strings = {"1", "3"})
    void names_that_a_sender_makes_come_at_their_rate_and_known_ones_at_once(String shards) throws Exception {
        Server server = Server.start(
                Settings.of(Map.of(
                        "port",
                        "0",
                        "data",
                        data.toString(),
                        "max.connections",
                        "50",
                        "shards",
                        shards,
                        "rate.loopback",
                        "yes",
                        "rate.reserve.seconds",
                        "1",
                        "rate.user.names",
                        Integer.toString(A_SECOND))),
                line -> {});
        ClientOptions options =
                ClientOptions.of("alice").at("127.0.0.1", server.address().getPort());
        try (HeddleClient alice = HeddleClient.open(options, new Listener() {})) {
            // All but what the reserve allows.
            assertThat(sendToAll(alice)).isGreaterThan(Duration.ofSeconds((NAMES - A_SECOND) / A_SECOND - 1));
            assertThat(sendToAll(alice)).isLessThan(Duration.ofSeconds(2));
        } finally {
            server.close();
        }
    }

    /** One after another, so that each is a read of its own; returns how long it took. */
    private static Duration sendToAll(HeddleClient alice) throws Exception {
        long began = System.nanoTime();
        List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
        for (int i = 0; i < NAMES; i++) {
            receipts.add(alice.send("name-" + i, new byte[10]));
            assertThat(receipts.getLast().get(20, TimeUnit.SECONDS)).isInstanceOf(Receipt.Accepted.class);
        }
        return Duration.ofNanos(System.nanoTime() - began);
    }
}
