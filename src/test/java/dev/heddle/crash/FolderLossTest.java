package dev.heddle.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.client.ClientOptions;
import dev.heddle.client.HeddleClient;
import dev.heddle.client.Listener;
import dev.heddle.client.Receipt;
import dev.heddle.server.OfflineCheck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Somebody takes files of a running server's data folder away: there are never two servers on one log. */
@Timeout(120)
final class FolderLossTest {
    @TempDir
    private Path folder;

    private Path data;
    private int port;

    @BeforeEach
    void choosePort() throws IOException {
        folder = folder.toRealPath();
        data = folder.resolve("data");
        port = ServerProcess.freePort();
    }

    private void send(int messages) throws Exception {
        try (HeddleClient alice =
                HeddleClient.open(ClientOptions.of("alice").at("127.0.0.1", port), new Listener() {})) {
            for (int i = 0; i < messages; i++) {
                assertThat(alice.send("bob", "hello".getBytes(StandardCharsets.UTF_8))
                                .get(20, TimeUnit.SECONDS))
                        .isInstanceOf(Receipt.Accepted.class);
            }
        }
    }

    private static void signal(String name, ServerProcess server) throws Exception {
        assertThat(new ProcessBuilder("/bin/sh", "-c", "kill -" + name + " " + server.pid())
                        .start()
                        .waitFor())
                .isZero();
    }

    private void secondIsRefused(String why) {
        assertThatThrownBy(() -> ServerProcess.start(data, 0))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("heddle: another server (pid ")
                .hasMessageContaining(why);
    }

    private void holds(int messages) throws IOException {
        List<String> said = new ArrayList<>();
        try (OfflineCheck check = new OfflineCheck(data)) {
            assertThat(check.report(0, said::add)).as("%s", said).isTrue();
        }
        assertThat(said).singleElement().asString().contains(" " + messages + " messages waiting");
    }

    @Test
    void without_its_lock_a_folder_is_still_in_use_and_the_server_ends_in_good_order() throws Exception {
        try (ServerProcess server = ServerProcess.start(data, port)) {
            send(10);
            signal("STOP", server);
            Files.delete(data.resolve("heddle.lock"));
            secondIsRefused(" runs on the data folder " + data);
            assertThatThrownBy(() -> new OfflineCheck(data)).hasMessageContaining("another server");
            Files.deleteIfExists(data.resolve("heddle.lock"));
            signal("CONT", server);
            assertThat(server.awaitEnd())
                    .contains("heddle: " + data.resolve("heddle.lock") + " was removed or replaced")
                    .contains("heddle drained: accepted 10 ")
                    .endsWith("\nexit 1");
        }
        holds(10);
    }

    @Test
    void without_any_lock_a_second_server_is_refused_by_the_process_that_runs_and_that_ends_at_once() throws Exception {
        Path properties = data.resolve("heddle.properties");
        try (ServerProcess server = ServerProcess.start(data, port)) {
            send(10);
            signal("STOP", server);
            Files.delete(data.resolve("heddle.lock"));
            Files.copy(properties, folder.resolve("copy"));
            Files.move(folder.resolve("copy"), properties, StandardCopyOption.REPLACE_EXISTING);
            secondIsRefused("although nothing of it is locked");
            signal("CONT", server);
            assertThat(server.awaitEnd())
                    .contains(" was removed or replaced")
                    .doesNotContain("drained")
                    .endsWith("\nexit 1");
        }
        holds(10);
    }

    @Test
    void a_server_whose_folder_was_moved_away_leaves_what_took_its_place_alone() throws Exception {
        try (ServerProcess server = ServerProcess.start(data, port)) {
            send(10);
            signal("STOP", server);
            Files.move(data, folder.resolve("moved"));
            Files.createDirectory(data);
            signal("CONT", server);
            assertThat(server.awaitEnd()).contains(" was removed or replaced").endsWith("\nexit 1");
        }
        assertThat(data).isEmptyDirectory();
        data = folder.resolve("moved");
        holds(10);
    }
}
