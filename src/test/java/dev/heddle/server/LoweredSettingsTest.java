package dev.heddle.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.client.ClientOptions;
import dev.heddle.client.Delivery;
import dev.heddle.client.HeddleClient;
import dev.heddle.client.Listener;
import dev.heddle.client.Receipt;
import dev.heddle.config.Settings;
import dev.heddle.config.SettingsException;
import dev.heddle.shard.SettingTooLowException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A start with a setting lower than before either serves everything that is there, or says which setting is too low. */
class LoweredSettingsTest {
    private static final int LARGE = 300_000;

    @TempDir
    private Path data;

    private final BlockingQueue<Integer> delivered = new LinkedBlockingQueue<>();

    private Server start(String... changes) throws Exception {
        Map<String, String> settings =
                new HashMap<>(Map.of("port", "0", "data", data.toString(), "max.connections", "50"));
        for (int i = 0; i < changes.length; i += 2) {
            settings.put(changes[i], changes[i + 1]);
        }
        return Server.start(Settings.of(settings), line -> {});
    }

    private HeddleClient client(Server server, String name) throws Exception {
        return HeddleClient.open(
                ClientOptions.of(name).at("127.0.0.1", server.address().getPort()), new Listener() {
                    @Override
                    public void onMessage(Delivery delivery) {
                        delivered.add(delivery.body().length);
                    }
                });
    }

    private void send(Server server, String to, int bytes) throws Exception {
        try (HeddleClient alice = client(server, "alice")) {
            assertThat(alice.send(to, new byte[bytes]).get(20, TimeUnit.SECONDS))
                    .isInstanceOf(Receipt.Accepted.class);
        }
    }

    private static void end(Server server, boolean cleanly) throws Exception {
        if (cleanly) {
            assertThat(server.drain().balances()).isTrue();
        }
        server.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_message_that_waits_and_no_longer_fits_a_frame_refuses_the_start_and_is_not_lost(boolean cleanly)
            throws Exception {
        Server server = start();
        send(server, "bob", LARGE);
        send(server, "bob", 10);
        end(server, cleanly);

        int needed = LARGE + 1 + 8 + 8 + 8 + 1 + 1 + "alice".length();
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> start("frame.bytes", "65536"))
                    .isInstanceOf(SettingTooLowException.class)
                    .hasMessage("frame.bytes=65536 is too low for a message that waits; it needs frame.bytes=" + needed
                            + " until it is delivered");
        }
        server = start("frame.bytes", Integer.toString(needed));
        try (HeddleClient _ = client(server, "bob")) {
            assertThat(delivered.poll(20, TimeUnit.SECONDS)).isEqualTo(LARGE);
            assertThat(delivered.poll(20, TimeUnit.SECONDS)).isEqualTo(10);
        }
        end(server, cleanly);

        server = start("frame.bytes", "65536");
        send(server, "carol", 1000);
        try (HeddleClient _ = client(server, "carol")) {
            assertThat(delivered.poll(20, TimeUnit.SECONDS)).isEqualTo(1000);
        }
        end(server, cleanly);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void other_limits_hold_for_what_comes_and_leave_what_is_there(boolean cleanly) throws Exception {
        Server server = start();
        for (int i = 0; i < 30; i++) {
            send(server, "bob", LARGE);
        }
        end(server, cleanly);

        server = start(
                "segment.bytes",
                "2m",
                "inbox.messages",
                "1",
                "inbox.bytes",
                "64k",
                "log.bytes",
                "16m",
                "max.users",
                "16");
        try (HeddleClient _ = client(server, "bob")) {
            for (int i = 0; i < 30; i++) {
                assertThat(delivered.poll(20, TimeUnit.SECONDS)).isEqualTo(LARGE);
            }
        }
        send(server, "carol", 1000);
        end(server, cleanly);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void more_users_than_may_be_are_named_by_their_setting(boolean cleanly) throws Exception {
        Server server = start();
        for (int i = 0; i < 20; i++) {
            send(server, "user-" + i, 1);
        }
        end(server, cleanly);
        assertThatThrownBy(() -> start("max.users", "16"))
                .isInstanceOf(SettingTooLowException.class)
                .hasMessage("the data hold more users than max.users=16 allows; raise max.users");
        end(start("max.users", "24"), cleanly);
    }

    @Test
    void another_number_of_shards_is_named_by_its_setting() throws Exception {
        end(start("shards", "2"), true);
        assertThatThrownBy(() -> start("shards", "1"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("shards=2");
    }
}
