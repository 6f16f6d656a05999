package dev.heddle.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.config.SettingsException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a start uses up of ids and seqs, and one that fails does not. */
class StartTest {
    private static final long HOUR_MILLIS = 3_600_000;

    @TempDir
    private Path data;

    private static long firstMillis(RunningServer server) throws Exception {
        try (RawClient alice = RawClient.login(server.port, "alice", 0)) {
            return alice.welcome().firstId() >>> 20;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"port", "admin.port", "legacy.port"})
    void a_start_that_fails_because_a_port_is_taken_changes_nothing(String port) throws Exception {
        try (RunningServer server = new RunningServer(data)) {
            assertThat(firstMillis(server)).isLessThan(System.currentTimeMillis() + 1000);
            server.drain();
        }
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> new RunningServer(data, port, Integer.toString(taken.getLocalPort())))
                        .isInstanceOf(SettingsException.class)
                        .hasMessageContaining(Integer.toString(taken.getLocalPort()));
            }
        }
        try (RunningServer server = new RunningServer(data)) {
            assertThat(firstMillis(server)).isLessThan(System.currentTimeMillis() + 1000);
            try (RawClient bob = server.login("bob");
                    RawClient alice = RawClient.login(server.port, "alice", 0)) {
                alice.send(alice.welcome().firstId(), "bob", "hello");
                assertThat(bob.deliver().seq())
                        .as("the first seq of a run after no crash")
                        .isEqualTo(1);
            }
        }
    }

    @Test
    void clean_restarts_give_no_ids_away_and_a_crash_an_hour() throws Exception {
        for (int i = 0; i < 5; i++) {
            try (RunningServer server = new RunningServer(data)) {
                assertThat(firstMillis(server)).isLessThan(System.currentTimeMillis() + 1000);
                server.drain();
            }
        }
        try (RunningServer server = new RunningServer(data)) {
            assertThat(firstMillis(server)).isLessThan(System.currentTimeMillis() + 1000);
        }
        try (RunningServer server = new RunningServer(data)) {
            assertThat(firstMillis(server)).isLessThan(System.currentTimeMillis() + HOUR_MILLIS + 1000);
        }
    }
}
