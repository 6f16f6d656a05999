package dev.heddle.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.crash.ServerProcess;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The file of the log, and how those who rotate logs treat it. */
@Timeout(120)
class LogFileTest {
    @TempDir
    private Path folder;

    private ServerProcess start(Path log, String... more) throws IOException {
        String[] options = new String[more.length + 2];
        options[0] = "--log-file";
        options[1] = log.toString();
        System.arraycopy(more, 0, options, 2, more.length);
        return ServerProcess.start(folder.resolve("data"), 0, options);
    }

    private static void hangUp(ServerProcess server) throws Exception {
        new ProcessBuilder("kill", "-HUP", Long.toString(server.pid())).start().waitFor();
    }

    private static void awaitLine(Path log, String text) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(log).content().contains(text));
    }

    @Test
    void after_a_rename_and_a_reload_a_new_file_is_written() throws Exception {
        Path log = folder.resolve("heddle.log");
        Files.writeString(log, "what was there\n");
        try (ServerProcess server = start(log)) {
            awaitLine(log, "event=ready");
            assertThat(log).content().startsWith("what was there\n2");
            Path old = folder.resolve("heddle.log.1");
            Files.move(log, old);
            hangUp(server);
            awaitLine(log, "event=reloaded");
            String before = Files.readString(old);
            assertThat(server.drain()).isZero();
            assertThat(log).content().contains("event=drained");
            assertThat(old).content().isEqualTo(before);
            assertThat(before).doesNotContain("event=reloaded");
        }
    }

    @Test
    void a_file_that_is_copied_and_cut_is_written_on_from_its_beginning() throws Exception {
        Path log = folder.resolve("heddle.log");
        try (ServerProcess server = start(log)) {
            awaitLine(log, "event=ready");
            try (FileChannel cut = FileChannel.open(log, StandardOpenOption.WRITE)) {
                cut.truncate(0);
            }
            assertThat(server.drain()).isZero();
            assertThat(log).content().startsWith("2").contains("event=drained");
        }
    }

    @Test
    void a_file_that_cannot_be_written_refuses_a_reload_and_a_start() throws Exception {
        Path config = Files.writeString(folder.resolve("config"), "# nothing\n");
        Path log = folder.resolve("heddle.log");
        Files.writeString(config, "log.file=" + log + "\n");
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), 0, "--config", config.toString())) {
            awaitLine(log, "event=ready");
            Path impossible = folder.resolve("no/such/folder/log");
            Files.writeString(config, "log.file=" + impossible + "\n");
            hangUp(server);
            awaitLine(log, "event=reload_refused");
            assertThat(log).content().contains("log.file=" + impossible + ": cannot be written");

            Path next = folder.resolve("next.log");
            Files.writeString(config, "log.file=" + next + "\n");
            hangUp(server);
            awaitLine(next, "changed log.file=" + next);
            assertThat(server.drain()).isZero();
            assertThat(next).content().contains("event=drained");
        }
    }
}
