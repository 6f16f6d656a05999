package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.crash.BuiltProgram;
import dev.heddle.crash.ServerProcess;
import dev.heddle.server.Occupant;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code heddle reload} and SIGHUP with a server in a process of its own. */
@Timeout(120)
final class ReloadCommandTest {
    private static final String IGNORING = "trap '' HUP; exec \"$0\" \"$@\"";

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private PrintStream realOut;
    private PrintStream realErr;
    private Path data;

    @BeforeEach
    void listen() {
        data = folder.resolve("data");
        realOut = System.out;
        realErr = System.err;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void listenNoMore() {
        System.setOut(realOut);
        System.setErr(realErr);
    }

    private int reload() {
        out.reset();
        err.reset();
        return Main.commandLine()
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
                .execute("reload", "--data", data.toString());
    }

    @Test
    void the_command_says_what_the_server_made_of_its_configuration() throws Exception {
        Path file = Files.writeString(folder.resolve("heddle.properties"), "inbox.messages=3\n");
        try (ServerProcess server = ServerProcess.start(data, 0, "--config", file.toString())) {
            Files.writeString(file, "inbox.messages=4\nsegment.bytes=32m\n");
            assertThat(reload()).isZero();
            assertThat(out.toString(StandardCharsets.UTF_8).lines())
                    .containsExactly(
                            "changed inbox.messages=4 (was 3)", "needs a restart: segment.bytes=32m (runs with 64m)");

            Files.writeString(file, "inbox.messages=4\n\nport=70000\n");
            assertThat(reload()).isEqualTo(0);
            Files.writeString(file, "inbox.messages=4\n\nlogin.seconds=0\n");
            assertThat(reload()).isEqualTo(1);
            assertThat(err.toString(StandardCharsets.UTF_8).lines())
                    .containsExactly("heddle: refused, everything stays as it was: " + file
                            + ":3: login.seconds=0: must be a number from 1 to 3600");

            Files.writeString(file, "inbox.messages=4\n");
            assertThat(reload()).isZero();
            assertThat(server.drain()).isZero();
        }
    }

    @Test
    void a_server_that_was_started_where_SIGHUP_is_ignored_hears_it_all_the_same() throws Exception {
        assumeTrue(
                run("env", "--default-signal=HUP", "true") == 0,
                "skipped: this env cannot give a signal its meaning back");
        int exit =
                run("/bin/sh", "-c", IGNORING, BuiltProgram.script("start"), "--port", "0", "--data", data.toString());
        assertThat(exit).as(said()).isZero();
        try {
            assertThat(reload()).as(err.toString(StandardCharsets.UTF_8)).isZero();
        } finally {
            Occupant.of(data).drain(Duration.ofSeconds(30));
        }
    }

    @Test
    void a_server_that_cannot_hear_SIGHUP_says_so_when_it_starts() throws Exception {
        List<String> server = new ArrayList<>(List.of("/bin/sh", "-c", IGNORING));
        server.addAll(BuiltProgram.command("-Xmx192m"));
        server.addAll(List.of("serve", "--port", "0", "--admin-port", "0", "--set", "max.users=10000", "--data"));
        server.add(data.toString());
        Process process = new ProcessBuilder(server).redirectErrorStream(true).start();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(lines.lines().takeWhile(line -> !line.startsWith("heddle ready on ")))
                    .anyMatch(line -> line.contains("has SIGHUP ignored, as nohup does"));
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** Its output is what {@link #said} has. */
    private int run(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile())
                .start();
        assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private String said() throws IOException {
        return Files.readString(folder.resolve("said"));
    }

    @Test
    void without_a_server_there_is_nothing_to_reload() throws IOException {
        assertThat(reload()).isEqualTo(1);
        Files.createDirectories(data);
        Files.writeString(data.resolve("heddle.pid"), "1\n");
        assertThat(reload()).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("heddle: no server runs on " + data + "\n");
    }
}
