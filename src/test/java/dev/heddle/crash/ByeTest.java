package dev.heddle.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.verify.load.Talk;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was acknowledged before a logout, when the server is killed as soon as it has said BYE. */
@Timeout(240)
final class ByeTest {
    private static final int KILLS = 4;

    @TempDir
    private Path data;

    @ParameterizedTest
    @ValueSource(strings = {"always", "os"})
    void what_was_acknowledged_before_bye_does_not_come_again_after_a_kill(String sync) throws Exception {
        int port = ServerProcess.freePort();
        for (int kill = 0; kill < KILLS; kill++) {
            try (ServerProcess server = ServerProcess.start(data, port, "--sync", sync)) {
                try (Talk alice = new Talk(port, "alice", 0)) {
                    for (int i = 0; i < 10; i++) {
                        assertThat(alice.send("bob", "message " + i)).isNull();
                    }
                }
                try (Talk bob = new Talk(port, "bob", 0)) {
                    for (int i = 0; i < 10; i++) {
                        assertThat(bob.receive(5000)).as("kill %d", kill).isEqualTo("message " + i);
                    }
                    bob.logOut();
                }
                server.kill();
            }
        }
    }
}
