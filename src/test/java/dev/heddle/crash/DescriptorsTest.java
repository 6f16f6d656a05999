package dev.heddle.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.client.ClientOptions;
import dev.heddle.client.HeddleClient;
import dev.heddle.client.Listener;
import dev.heddle.client.Receipt;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server whose process is left without a file descriptor, by the kernel's own limit. */
@Timeout(120)
final class DescriptorsTest {
    private static final int SPARE = 8;
    private static final int CROWD = 60;

    @TempDir
    private Path folder;

    @Test
    void without_descriptors_it_does_not_spin_and_those_inside_notice_nothing_and_it_recovers() throws Exception {
        int port = ServerProcess.freePort();
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), port);
                HeddleClient alice = open("alice", port)) {
            assertThat(alice.awaitConnected(Duration.ofSeconds(10))).isTrue();
            assertThat(alice.send("bob", new byte[10]).get(10, TimeUnit.SECONDS))
                    .isInstanceOf(Receipt.Accepted.class);
            long limit = descriptors(server.pid()) + SPARE;
            limit(server.pid(), limit);

            List<Socket> crowd = new ArrayList<>();
            try {
                for (int i = 0; i < CROWD; i++) {
                    crowd.add(new Socket(InetAddress.getLoopbackAddress(), port));
                }
                long before = processorMillis(server.pid());
                long since = System.nanoTime();
                while (System.nanoTime() - since < TimeUnit.SECONDS.toNanos(2)) {
                    assertThat(alice.send("bob", new byte[10]).get(10, TimeUnit.SECONDS))
                            .isInstanceOf(Receipt.Accepted.class);
                    TimeUnit.MILLISECONDS.sleep(50);
                }
                assertThat(descriptors(server.pid())).as("descriptors in use").isBetween(limit - 2, limit);
                assertThat(processorMillis(server.pid()) - before)
                        .as("milliseconds of processor time in 2 s")
                        .isLessThan(1000);
            } finally {
                for (Socket socket : crowd) {
                    socket.close();
                }
            }
            try (HeddleClient bob = open("bob", port)) {
                assertThat(bob.awaitConnected(Duration.ofSeconds(20))).isTrue();
            }
        }
    }

    private static HeddleClient open(String user, int port) {
        return HeddleClient.open(ClientOptions.of(user).at("127.0.0.1", port), new Listener() {});
    }

    private static void limit(long pid, long descriptors) throws InterruptedException {
        try {
            int status = new ProcessBuilder(
                            "prlimit", "--pid", Long.toString(pid), "--nofile=" + descriptors + ":" + descriptors)
                    .inheritIO()
                    .start()
                    .waitFor();
            assertThat(status).as("exit status of prlimit").isZero();
        } catch (IOException absent) {
            assumeTrue(false, "no prlimit here: " + absent.getMessage());
        }
    }

    private static long descriptors(long pid) throws IOException {
        Path descriptors = Path.of("/proc", Long.toString(pid), "fd");
        assumeTrue(Files.isDirectory(descriptors), "no /proc here");
        try (Stream<Path> list = Files.list(descriptors)) {
            return list.count();
        }
    }

    private static long processorMillis(long pid) {
        return ProcessHandle.of(pid)
                .orElseThrow()
                .info()
                .totalCpuDuration()
                .orElseThrow()
                .toMillis();
    }
}
