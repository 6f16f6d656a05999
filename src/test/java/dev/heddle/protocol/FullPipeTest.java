package dev.heddle.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.crash.BuiltProgram;
import dev.heddle.crash.ServerProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers whose output is a pipe that is full and that nobody reads. */
@Timeout(120)
class FullPipeTest {
    /** What Linux gives a pipe. */
    private static final int PIPE_BYTES = 64 * 1024;

    private static final int LOGINS = 200;

    enum Stream {
        OUTPUT,
        ERROR
    }

    @TempDir
    private Path folder;

    private Path data;
    private Path pipe;
    private RandomAccessFile reader;
    private @Nullable Process server;

    @BeforeEach
    void fill() throws Exception {
        data = folder.resolve("data");
        pipe = folder.resolve("pipe");
        Process made = new ProcessBuilder("mkfifo", pipe.toString()).start();
        assumeTrue(made.waitFor() == 0, "skipped: there is no mkfifo here");
        reader = new RandomAccessFile(pipe.toFile(), "rw");
        reader.write(new byte[PIPE_BYTES]);
    }

    @AfterEach
    void end() throws IOException {
        if (server != null) {
            server.destroyForcibly();
        }
        reader.close();
    }

    private void start(Stream full, String... more) throws IOException {
        List<String> command = new ArrayList<>(BuiltProgram.command("-Xmx192m"));
        command.addAll(List.of("serve", "--data", data.toString(), "--set", "max.users=10000", "--log-level", "debug"));
        command.addAll(List.of(more));
        ProcessBuilder builder = new ProcessBuilder(command);
        Path other = folder.resolve("other");
        if (full == Stream.OUTPUT) {
            builder.redirectOutput(pipe.toFile()).redirectError(other.toFile());
        } else {
            builder.redirectError(pipe.toFile()).redirectOutput(other.toFile());
        }
        server = builder.start();
    }

    private Process server() {
        return Objects.requireNonNull(server);
    }

    private URI admin() throws IOException {
        return URI.create(Files.readAllLines(data.resolve("heddle.admin")).getFirst());
    }

    private void awaitReady() {
        await().atMost(Duration.ofSeconds(40)).until(() -> Files.exists(data.resolve("heddle.admin")) && isReady());
    }

    private boolean isReady() {
        try {
            return Http.get(admin(), "/health/ready").status() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private static void assertLogins(int port) throws IOException {
        for (int i = 0; i < LOGINS; i++) {
            try (RawClient client = RawClient.login(port, "user-" + i, 0)) {
                assertThat(client.welcome().firstId()).isPositive();
            }
        }
    }

    private void assertDrains() throws Exception {
        server().toHandle().destroy();
        assertThat(server().waitFor(20, TimeUnit.SECONDS)).as("ends on SIGTERM").isTrue();
        assertThat(server().exitValue()).isZero();
        assertThat(data.resolve("heddle.drained")).content().contains("accepted 1 ");
    }

    private static void assertSends(int port) throws IOException {
        try (RawClient client = RawClient.login(port, "alice", 0)) {
            client.send(client.welcome().firstId(), "bob", "hello");
            client.expect(Frame.ACCEPTED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_server_that_nobody_listens_to_serves_and_drains(Stream full) throws Exception {
        int port = ServerProcess.freePort();
        start(full, "--port", Integer.toString(port));
        awaitReady();
        assertLogins(port);
        assertSends(port);
        assertThat(isReady()).isTrue();
        assertDrains();
    }

    @ParameterizedTest
    @EnumSource
    void a_server_whose_reader_is_killed_serves_and_drains(Stream full) throws Exception {
        int port = ServerProcess.freePort();
        start(full, "--port", Integer.toString(port));
        awaitReady();
        reader.close();
        assertLogins(port);
        assertSends(port);
        if (full == Stream.ERROR) {
            await().atMost(Duration.ofSeconds(10)).until(() -> dropped() > LOGINS);
        }
        assertDrains();
    }

    private long dropped() throws IOException {
        return Http.get(admin(), "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("heddle_log_lines_dropped_total "))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_start_that_fails_ends_although_it_cannot_say_why() throws Exception {
        start(Stream.ERROR, "--port", "0", "--set", "auth=token", "--set", "auth.keys=" + folder.resolve("none"));
        assertThat(server().waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(server().exitValue()).isEqualTo(1);
    }
}
