package dev.heddle.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.client.ClientOptions;
import dev.heddle.client.CursorStore;
import dev.heddle.client.Delivery;
import dev.heddle.client.HeddleClient;
import dev.heddle.client.Listener;
import dev.heddle.client.Receipt;
import dev.heddle.wire.RejectCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A small file system of its own that really fills up, where this machine lets us mount one. */
@Timeout(120)
final class FullDiskTest {
    private static final int DISK_MEGABYTES = 40;
    private static final int BLOCK = 4096;

    @TempDir
    private Path disk;

    private final Ledger ledger = new Ledger();
    private final Random random = new Random(11);
    private final CursorStore cursor = CursorStore.inMemory();

    @Test
    void a_full_disk_is_said_at_once_deliveries_go_on_and_it_takes_messages_again_by_itself() throws Exception {
        try (SmallDisk _ = new SmallDisk(disk, DISK_MEGABYTES)) {
            int port = ServerProcess.freePort();
            try (ServerProcess server = ServerProcess.start(disk.resolve("data"), port, "--set", "segment.bytes=2m");
                    HeddleClient alice = open("alice", port, new Listener() {})) {
                fill(alice);
                drain(port);
                // Segments that nobody needs are dropped with the next forces, and nobody has to ask for it.
                await().atMost(Duration.ofSeconds(10))
                        .pollInterval(Duration.ofMillis(100))
                        .until(() -> send(alice, 1000) instanceof Receipt.Accepted);
                fill(alice);
                server.kill();
            }
            try (ServerProcess again = ServerProcess.start(disk.resolve("data"), port, "--set", "segment.bytes=2m")) {
                drain(port);
                assertThat(again.drain()).isZero();
            }
            assertThat(ledger.acceptedCount()).isGreaterThan(1000);
            assertThat(ledger.faults()).isEmpty();
        }
    }

    /** The start's own record needs a block of its own there, and what else there was is taken back by what holds room. */
    @Test
    void killed_at_the_end_of_a_block_it_starts_on_a_disk_without_a_byte_left() throws Exception {
        try (SmallDisk small = new SmallDisk(disk, DISK_MEGABYTES)) {
            int port = ServerProcess.freePort();
            try (ServerProcess server = ServerProcess.start(data(), port);
                    HeddleClient alice = open("alice", port, new Listener() {})) {
                fillBlock(alice);
                server.kill();
            }
            small.fill();
            startsAndServes(port);
        }
    }

    @Test
    void stopped_in_good_order_it_starts_on_a_disk_without_a_byte_left() throws Exception {
        try (SmallDisk small = new SmallDisk(disk, DISK_MEGABYTES)) {
            int port = ServerProcess.freePort();
            try (ServerProcess server = ServerProcess.start(data(), port);
                    HeddleClient alice = open("alice", port, new Listener() {})) {
                assertThat(send(alice, 1000)).isInstanceOf(Receipt.Accepted.class);
                assertThat(server.drain()).isZero();
            }
            for (int start = 0; start < 2; start++) {
                small.fill();
                startsAndServes(port);
            }
        }
    }

    private Path data() {
        return disk.resolve("data");
    }

    private void startsAndServes(int port) throws Exception {
        try (ServerProcess server = ServerProcess.start(data(), port)) {
            assertThat(data().resolve("heddle.pid")).hasContent(Long.toString(server.pid()));
            assertThat(Files.readAllLines(data().resolve("heddle.admin"))).hasSize(2);
            serves(port);
            assertThat(server.drain()).isZero();
        }
    }

    /** All that works on a full disk does. */
    private void serves(int port) throws Exception {
        try (HeddleClient alice = open("alice", port, new Listener() {})) {
            fill(alice);
        }
        drain(port);
        assertThat(ledger.faults()).isEmpty();
    }

    /** Sends until the log ends so near to the end of a block that no record fits into what is left of it. */
    private void fillBlock(HeddleClient alice) throws Exception {
        long end = 0;
        int body = 100;
        int beside = 0;
        while (end == 0 || BLOCK - end % BLOCK > 16) {
            assertThat(sendExactly(alice, body)).isInstanceOf(Receipt.Accepted.class);
            long before = end;
            end = logBytes();
            beside = before == 0 ? 100 : (int) (end - before) - body;
            int left = (int) (BLOCK - end % BLOCK);
            body = left - 8 - beside > 8 ? left - 8 - beside : left - 8 - beside + BLOCK;
        }
    }

    private Receipt sendExactly(HeddleClient alice, int bytes) throws Exception {
        RandomGenerator most = new Random() {
            @Override
            public int nextInt(int bound) {
                return bound - 1;
            }
        };
        return sent(alice, ledger.next("alice", "bob", most, bytes - 7));
    }

    private long logBytes() throws IOException {
        try (Stream<Path> files = Files.list(data().resolve("shard-0"))) {
            Path newest = files.filter(file -> file.toString().endsWith(".log"))
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
            return Files.size(newest);
        }
    }

    /** Sends until the server says that its storage is full; that has to be an answer, and a quick one. */
    private void fill(HeddleClient alice) throws Exception {
        Receipt receipt;
        long took;
        do {
            long begun = System.nanoTime();
            receipt = send(alice, 30_000);
            took = System.nanoTime() - begun;
        } while (receipt instanceof Receipt.Accepted);
        assertThat(receipt)
                .isInstanceOfSatisfying(
                        Receipt.Rejected.class,
                        rejected -> assertThat(rejected.code()).isEqualTo(RejectCode.STORAGE_FULL.code()));
        assertThat(Duration.ofNanos(took)).isLessThan(Duration.ofSeconds(1));
    }

    private Receipt send(HeddleClient alice, int most) throws Exception {
        return sent(alice, ledger.next("alice", "bob", random, most));
    }

    private Receipt sent(HeddleClient alice, byte[] body) throws Exception {
        CompletableFuture<Receipt> receipt = alice.send("bob", body);
        Receipt answer = receipt.get(10, TimeUnit.SECONDS);
        if (answer instanceof Receipt.Accepted) {
            ledger.accepted("alice", "bob", body);
        }
        return answer;
    }

    /** Bob comes, gets everything and acknowledges it. */
    private void drain(int port) {
        try (HeddleClient bob =
                HeddleClient.open(ClientOptions.of("bob").at("127.0.0.1", port).withCursor(cursor), new Listener() {
                    @Override
                    public void onMessage(Delivery delivery) {
                        ledger.arrived(delivery.sender(), "bob", delivery.body());
                    }
                })) {
            assertThat(bob).isNotNull();
            await().atMost(Duration.ofSeconds(20)).until(() -> ledger.missing() == 0);
        }
    }

    private static HeddleClient open(String user, int port, Listener listener) {
        return HeddleClient.open(ClientOptions.of(user).at("127.0.0.1", port), listener);
    }
}
