package dev.heddle.legacy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.client.ClientOptions;
import dev.heddle.client.HeddleClient;
import dev.heddle.client.Listener;
import dev.heddle.client.Receipt;
import dev.heddle.crash.ServerProcess;
import dev.heddle.legacy.LegacyClient.Message;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A legacy client that is served by a process that is killed again and again. {@code -Dheddle.kills=N} kills more often, {@code
 * -Dheddle.seed=S} repeats a run's choices (not its timing).
 */
@Timeout(120)
final class LegacyKillTest {
    private static final long PATIENCE_NANOS = Duration.ofSeconds(60).toNanos();

    @TempDir
    private Path data;

    private final Random random = new Random(seed());
    private final AtomicBoolean sending = new AtomicBoolean(true);

    /** How many were accepted, once it is known. */
    private volatile int total = -1;

    private final List<CompletableFuture<Receipt>> receipts = new ArrayList<>();

    /** What arrived, by id, which is in the order of delivery. */
    private final TreeMap<String, String> arrived = new TreeMap<>();

    /** Ids that are still to be acknowledged. */
    private final TreeSet<String> open = new TreeSet<>();

    private static long seed() {
        long seed = Long.getLong("heddle.seed", System.nanoTime());
        System.out.println("LegacyKillTest: -Dheddle.seed=" + seed);
        return seed;
    }

    @Test
    void what_was_accepted_arrives_at_least_once_in_order_under_one_id() throws Exception {
        int kills = Integer.getInteger("heddle.kills", 2);
        int port = ServerProcess.freePort();
        int legacyPort = ServerProcess.freePort();
        String[] options = {"--legacy-port=" + legacyPort, "--legacy-connections=20"};
        ServerProcess server = ServerProcess.start(data, port, options);
        try (HeddleClient sender = HeddleClient.open(
                ClientOptions.of("sender")
                        .at("127.0.0.1", port)
                        .withBackoff(Duration.ofMillis(20), Duration.ofMillis(200))
                        .withUnaccepted(200, 4 << 20),
                new Listener() {})) {
            Thread sends = Thread.ofVirtual().start(() -> send(sender));
            Thread receives = Thread.ofVirtual().start(() -> receive(legacyPort));
            for (int kill = 0; kill < kills; kill++) {
                LockSupport.parkNanos(random.nextLong(300_000_000, 600_000_000));
                server.kill();
                server = ServerProcess.start(data, port, options);
            }
            LockSupport.parkNanos(300_000_000);
            sending.set(false);
            sends.join();
            receives.join();
        } finally {
            server.close();
        }
        System.out.println("LegacyKillTest: " + receipts.size() + " accepted");
        for (CompletableFuture<Receipt> receipt : receipts) {
            assertThat(receipt.join()).isInstanceOf(Receipt.Accepted.class);
        }
        List<String> all = new ArrayList<>();
        for (int number = 0; number < receipts.size(); number++) {
            all.add(Integer.toString(number));
        }
        assertThat(new ArrayList<>(arrived.values())).isEqualTo(all);
        assertThat(receipts).hasSizeGreaterThan(100);
    }

    private void send(HeddleClient sender) {
        try {
            while (sending.get()) {
                receipts.add(sender.send(
                        "receiver", Integer.toString(receipts.size()).getBytes(UTF_8)));
                if (receipts.size() % 20 == 0) {
                    LockSupport.parkNanos(2_000_000);
                }
            }
            CompletableFuture.allOf(receipts.toArray(CompletableFuture<?>[]::new))
                    .join();
            total = receipts.size();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /** Connects again and again, until all that was accepted is there; a mistake shows in what is then there. */
    private void receive(int port) {
        long since = System.nanoTime();
        while (!isComplete() && System.nanoTime() - since < PATIENCE_NANOS) {
            try (LegacyClient client = LegacyClient.login(port, "receiver")) {
                listen(client);
            } catch (IOException gone) {
                LockSupport.parkNanos(20_000_000);
            }
        }
    }

    /** Every seventh message is acknowledged late, and behind a gap. */
    private void listen(LegacyClient client) throws IOException {
        String latest = "";
        while (!isComplete()) {
            Message message = client.messageOrEnd();
            if (message == null) {
                return;
            }
            if (message.id().compareTo(latest) <= 0) {
                arrived.put("", "out of order");
            }
            latest = message.id();
            arrived.merge(message.id(), message.body(), (one, two) -> one.equals(two) ? one : "another");
            if (Integer.parseInt(message.body()) % 7 > 0) {
                client.write(LegacyClient.ack(message.id()));
            } else {
                open.add(message.id());
            }
            if (open.size() > 1) {
                for (String id : open.descendingSet()) {
                    client.write(LegacyClient.ack(id));
                }
                open.clear();
            }
        }
    }

    private boolean isComplete() {
        int accepted = total;
        return accepted >= 0 && arrived.size() >= accepted;
    }
}
