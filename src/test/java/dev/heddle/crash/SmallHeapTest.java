package dev.heddle.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.shard.CleanedLog;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recovery holds nothing on the heap for each user or message, however the log lies: here in processes that have little of it. */
class SmallHeapTest {
    private static final int USERS = 300_000;
    private static final int CELEBRITY = 600_000;

    @TempDir
    private Path data;

    @Test
    void a_cleaned_log_of_many_who_were_online_is_checked_and_recovered_in_a_small_heap() throws Exception {
        CleanedLog.write(data, USERS, CELEBRITY);

        List<String> command = new ArrayList<>(BuiltProgram.command("-Xms48m", "-Xmx48m"));
        command.addAll(List.of("log", "check", data.toString()));
        Process check = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(check.waitFor()).as(said).isZero();
        assertThat(said).contains((USERS + 2) + " users, " + (2 * USERS + CELEBRITY) + " messages waiting");

        String[] small = {"--set", "max.users=400000", "--set", "max.connections=50", "--set", "watches.total=1000"};
        try (ServerProcess server = ServerProcess.startIn("96m", data, ServerProcess.freePort(), small)) {
            assertThat(server.terminate()).contains("stored " + String.format("%,d", 2 * USERS + CELEBRITY), "exit 0");
        }
    }
}
