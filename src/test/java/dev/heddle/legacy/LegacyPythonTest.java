package dev.heddle.legacy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.heddle.client.HeddleClient;
import dev.heddle.client.Listener;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The example in Python, in processes of its own. */
@Timeout(30)
final class LegacyPythonTest {
    private static final Path SCRIPT =
            Path.of(System.getProperty("heddle.home", "."), "examples", "python", "legacy.py");

    @TempDir
    private Path data;

    /** What it prints, on both its outputs, when it has ended well. */
    private static String run(LegacyServer server, String input, String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("python3", SCRIPT.toString(), "--port", Integer.toString(server.port)));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            try (Writer writer = process.outputWriter(UTF_8)) {
                writer.write(input);
            }
            String output = process.inputReader(UTF_8).lines().collect(Collectors.joining("\n"));
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(output).isZero();
            return output;
        } finally {
            process.destroyForcibly();
        }
    }

    private static void assumePython() throws InterruptedException {
        try {
            if (new ProcessBuilder("python3", "-c", "import sys; sys.exit(sys.version_info < (3, 8))")
                            .start()
                            .waitFor()
                    != 0) {
                abort("skipped: the python3 here is older than 3.8");
            }
        } catch (IOException absent) {
            abort("skipped: there is no python3 here");
        }
    }

    @Test
    void it_sends_listens_and_asks() throws Exception {
        assumePython();
        String lines = IntStream.range(0, 500).mapToObj(Integer::toString).collect(Collectors.joining("\n"));
        try (LegacyServer server = new LegacyServer(data)) {
            assertThat(run(server, lines, "pia", "send", "jane")).isEmpty();
            assertThat(run(server, "", "jane", "listen", "--count", "500")).isEqualTo(lines);
            try (HeddleClient modern = server.modern("modern", new Listener() {})) {
                modern.send("jane", "grüße".getBytes(UTF_8)).join();
                assertThat(run(server, "", "jane", "status", "modern")).startsWith("modern is online, ");
            }
            assertThat(run(server, "", "jane", "listen", "--count", "1")).isEqualTo("grüße");
            assertThat(run(server, "", "jane", "status", "nobody")).isEqualTo("nobody is away, 0");
        }
    }
}
