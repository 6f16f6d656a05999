package dev.heddle.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.client.ClientOptions;
import dev.heddle.client.CursorStore;
import dev.heddle.client.Delivery;
import dev.heddle.client.HeddleClient;
import dev.heddle.client.Listener;
import dev.heddle.client.Receipt;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariants 1 to 4 with {@code kill -9} at random instants under load. {@code -Dheddle.kills=N} kills more often, {@code
 * -Dheddle.seed=S} repeats a run's choices (not its timing).
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
final class KillTest {
    private static final int SENDERS = 8;
    private static final int RECEIVERS = 10;

    @TempDir
    private Path data;

    private final Ledger ledger = new Ledger();
    private final AtomicBoolean loading = new AtomicBoolean(true);
    private final AtomicLong rejected = new AtomicLong();
    /** Sent, and not yet known what became of it. */
    private final AtomicLong unsettled = new AtomicLong();

    private final List<HeddleClient> clients = new ArrayList<>();
    private final List<Thread> loaders = new ArrayList<>();
    private final Map<String, CursorStore> cursors = new HashMap<>();

    @Test
    void twenty_kills_under_load_lose_duplicate_and_reorder_nothing() throws Exception {
        killUnderLoad(Integer.getInteger("heddle.kills", 20), "always");
    }

    @Test
    void without_a_force_a_killed_process_loses_nothing_either() throws Exception {
        killUnderLoad(3, "os");
    }

    private void killUnderLoad(int kills, String sync) throws Exception {
        long seed = Long.getLong("heddle.seed", System.nanoTime());
        System.out.println("KillTest: -Dheddle.seed=" + seed + ", kills " + kills + ", sync " + sync);
        Random random = new Random(seed);
        int port = ServerProcess.freePort();
        ServerProcess server = ServerProcess.start(data, port, "--sync", sync);
        try {
            for (int i = 0; i < SENDERS; i++) {
                Random own = new Random(random.nextLong());
                String name = "sender-" + i;
                HeddleClient client = open(name, port, new Listener() {});
                loaders.add(Thread.ofVirtual().start(() -> load(client, name, own)));
            }
            for (int i = 0; i < RECEIVERS; i++) {
                if (i % 3 != 0) {
                    receive("receiver-" + i, port, i % 3 == 1 ? 0 : 200_000);
                }
            }
            for (int kill = 0; kill < kills; kill++) {
                LockSupport.parkNanos(random.nextLong(50_000_000, 700_000_000));
                if (kill == kills / 2) {
                    assertThat(server.drain()).as("exit status of a drain").isZero();
                } else {
                    server.kill();
                }
                server = ServerProcess.start(data, port, "--sync", sync);
            }
            LockSupport.parkNanos(500_000_000);
            loading.set(false);
            for (Thread loader : loaders) {
                assertThat(loader.join(Duration.ofSeconds(60))).isTrue();
            }
            for (int i = 0; i < RECEIVERS; i += 3) {
                receive("receiver-" + i, port, 0);
            }
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> unsettled.get() == 0 && ledger.missing() == 0);
            System.out.println("KillTest: " + ledger.acceptedCount() + " accepted");
            assertThat(ledger.faults()).as("seed %d", seed).isEmpty();
            assertThat(rejected).hasValue(0);
            assertThat(ledger.acceptedCount()).isGreaterThan(100);
        } finally {
            clients.forEach(HeddleClient::close);
            server.close();
        }
    }

    private HeddleClient open(String user, int port, Listener listener) {
        CursorStore cursor = cursors.computeIfAbsent(user, name -> CursorStore.inMemory());
        HeddleClient client = HeddleClient.open(
                ClientOptions.of(user)
                        .at("127.0.0.1", port)
                        .withCursor(cursor)
                        .withBackoff(Duration.ofMillis(20), Duration.ofMillis(200))
                        .withUnaccepted(500, 4 << 20),
                listener);
        clients.add(client);
        return client;
    }

    private void receive(String name, int port, long pauseNanos) {
        open(name, port, new Listener() {
            @Override
            public void onMessage(Delivery delivery) {
                ledger.arrived(delivery.sender(), name, delivery.body());
                if (pauseNanos > 0) {
                    LockSupport.parkNanos(pauseNanos);
                }
            }
        });
    }

    private void load(HeddleClient client, String name, Random random) {
        try {
            while (loading.get()) {
                int burst = 1 + random.nextInt(40);
                for (int i = 0; i < burst; i++) {
                    String to = "receiver-" + random.nextInt(RECEIVERS);
                    int most = random.nextInt(50) == 0 ? 60_000 : 800;
                    byte[] body = ledger.next(name, to, random, most);
                    unsettled.incrementAndGet();
                    var _ = client.send(to, body).thenAccept(receipt -> {
                        if (receipt instanceof Receipt.Accepted) {
                            ledger.accepted(name, to, body);
                        } else {
                            rejected.incrementAndGet();
                        }
                        unsettled.decrementAndGet();
                    });
                }
                LockSupport.parkNanos(random.nextLong(20_000_000));
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }
}
