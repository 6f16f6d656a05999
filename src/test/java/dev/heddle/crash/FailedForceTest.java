package dev.heddle.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.client.ClientOptions;
import dev.heddle.client.Delivery;
import dev.heddle.client.HeddleClient;
import dev.heddle.client.Listener;
import dev.heddle.client.Receipt;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk whose fsync fails, under a real server: a library in front of the C library says EIO. */
@Timeout(60)
final class FailedForceTest {
    private static final Path SOURCE = Path.of(System.getProperty("heddle.home", "."), "src/test/c/failsync.c");

    @TempDir
    private Path folder;

    private final Ledger ledger = new Ledger();
    private final Random random = new Random(7);

    @Test
    void nothing_is_accepted_after_a_failed_force_and_the_process_says_so_and_ends() throws Exception {
        Path library = compile();
        Path flag = folder.resolve("fail");
        Path data = folder.resolve("data");
        int port = ServerProcess.freePort();
        Map<String, String> environment =
                Map.of("LD_PRELOAD", library.toString(), "HEDDLE_TEST_FAIL_SYNC", flag.toString());

        try (ServerProcess server = ServerProcess.start(environment, data, port);
                HeddleClient alice = open("alice", port, new Listener() {})) {
            for (int i = 0; i < 100; i++) {
                assertThat(send(alice).get(10, TimeUnit.SECONDS)).isInstanceOf(Receipt.Accepted.class);
            }
            Files.createFile(flag);
            CompletableFuture<Receipt> unlucky = send(alice);
            assertThat(server.awaitEnd())
                    .contains("storage failed, nothing more is accepted")
                    .endsWith("exit 1");
            assertThatThrownBy(() -> unlucky.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        }

        try (ServerProcess again = ServerProcess.start(data, port);
                HeddleClient bob = open("bob", port, new Listener() {
                    @Override
                    public void onMessage(Delivery delivery) {
                        ledger.arrived(delivery.sender(), "bob", delivery.body());
                    }
                })) {
            assertThat(again.pid()).isPositive();
            assertThat(bob.awaitConnected(Duration.ofSeconds(10))).isTrue();
            await().atMost(Duration.ofSeconds(10)).until(() -> ledger.missing() == 0);
            assertThat(ledger.acceptedCount()).isEqualTo(100);
            assertThat(ledger.faults()).isEmpty();
        }
    }

    @Test
    void a_disk_that_hangs_makes_the_server_say_that_it_is_not_ready_until_it_goes_on() throws Exception {
        Path hold = folder.resolve("hold");
        Path data = folder.resolve("data");
        int port = ServerProcess.freePort();
        Map<String, String> environment =
                Map.of("LD_PRELOAD", compile().toString(), "HEDDLE_TEST_HOLD_SYNC", hold.toString());

        try (ServerProcess server = ServerProcess.start(environment, data, port);
                HeddleClient alice = open("alice", port, new Listener() {})) {
            assertThat(send(alice).get(10, TimeUnit.SECONDS)).isInstanceOf(Receipt.Accepted.class);
            assertThat(ready(data)).startsWith("200 ");
            Files.createFile(hold);
            CompletableFuture<Receipt> late = send(alice);
            await().atMost(Duration.ofSeconds(20))
                    .until(() ->
                            ready(data).matches("503 .*the disk has been forcing the log of shard 0 for \\d+ s.*"));
            assertThat(late).isNotDone();
            Files.delete(hold);
            assertThat(late.get(10, TimeUnit.SECONDS)).isInstanceOf(Receipt.Accepted.class);
            assertThat(ready(data)).startsWith("200 ");
            assertThat(server.pid()).isPositive();
        }
    }

    /** The status and body of what the admin port says of the server's readiness. */
    private static String ready(Path data) throws Exception {
        Matcher address = Pattern.compile("http://[^\\s]+?(?=[\\s\"/]|$)")
                .matcher(Files.readString(data.resolve("heddle.admin")));
        assertThat(address.find()).isTrue();
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(address.group() + "/health/ready"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() + " " + answer.body();
        }
    }

    private CompletableFuture<Receipt> send(HeddleClient alice) throws InterruptedException {
        byte[] body = ledger.next("alice", "bob", random, 500);
        return alice.send("bob", body).thenApply(receipt -> {
            if (receipt instanceof Receipt.Accepted) {
                ledger.accepted("alice", "bob", body);
            }
            return receipt;
        });
    }

    private static HeddleClient open(String user, int port, Listener listener) {
        return HeddleClient.open(ClientOptions.of(user).at("127.0.0.1", port), listener);
    }

    private Path compile() throws IOException, InterruptedException {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "only Linux has LD_PRELOAD");
        Path library = folder.resolve("failsync.so");
        try {
            int status = new ProcessBuilder(
                            List.of("cc", "-shared", "-fPIC", "-o", library.toString(), SOURCE.toString(), "-ldl"))
                    .inheritIO()
                    .start()
                    .waitFor();
            assertThat(status).as("exit status of cc").isZero();
        } catch (IOException absent) {
            assumeTrue(false, "no C compiler here: " + absent.getMessage());
        }
        return library;
    }
}
