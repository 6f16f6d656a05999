package dev.heddle.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.heddle.client.ClientOptions;
import dev.heddle.client.CursorStore;
import dev.heddle.client.Delivery;
import dev.heddle.client.HeddleClient;
import dev.heddle.client.Listener;
import dev.heddle.client.Receipt;
import dev.heddle.config.Settings;
import dev.heddle.config.SettingsException;
import dev.heddle.server.BackupProgress;
import dev.heddle.server.Drained;
import dev.heddle.server.OfflineCheck;
import dev.heddle.server.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Copies of a server that is under load, and servers that are started on them. {@code -Dheddle.backups=N} takes more,
 * {@code -Dheddle.seed=S} repeats a run's choices (not its timing).
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class BackupTest {
    private static final int SENDERS = 4;
    private static final int RECIPIENTS = 6;
    private static final int SHARDS = 2;

    @TempDir
    private Path folder;

    private final Ledger ledger = new Ledger();
    private final AtomicBoolean loading = new AtomicBoolean(true);
    private final AtomicLong accepted = new AtomicLong();
    private final List<HeddleClient> clients = new ArrayList<>();

    private record Copy(Path folder, Ledger ledger) {}

    /** The server says where links lead, and this machine's folder for temporary files may be one. */
    @BeforeEach
    void behindLinks() throws IOException {
        folder = folder.toRealPath();
    }

    @AfterEach
    void closeClients() {
        loading.set(false);
        clients.forEach(HeddleClient::close);
        clients.clear();
    }

    @Test
    void copies_of_a_server_under_load_hold_all_that_was_accepted_before_once_and_in_order() throws Exception {
        int backups = Integer.getInteger("heddle.backups", 3);
        long seed = Long.getLong("heddle.seed", System.nanoTime());
        System.out.println("BackupTest: -Dheddle.seed=" + seed + ", backups " + backups);
        Random random = new Random(seed);
        List<Copy> copies = new ArrayList<>();
        Map<String, CursorStore> cursors = new HashMap<>();
        int port = ServerProcess.freePort();
        Path data = folder.resolve("data");
        try (ServerProcess server =
                ServerProcess.start(data, port, "--set", "segment.bytes=2m", "--set", "shards=" + SHARDS)) {
            load(port, random);
            for (int i = RECIPIENTS / 2; i < RECIPIENTS; i++) {
                receive(port, ledger, name(i), cursors);
            }
            for (int i = 0; i < backups; i++) {
                awaitMore(500 + random.nextInt(3000));
                Copy copy = new Copy(folder.resolve("copy-" + i), ledger.branch());
                copies.add(copy);
                assertThat(command("backup", copy.folder.toString(), "--data", data.toString()))
                        .matches("heddle backup in \\Q" + copy.folder
                                + "\\E: [1-9][\\d,]* bytes, [1-9][\\d,]* messages waiting, \\d+\\.\\d seconds\nexit 0");
                assertThat(Files.getPosixFilePermissions(copy.folder))
                        .as("who may look into " + copy.folder)
                        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
            }
            awaitMore(500);
            server.kill();
        }
        closeClients();
        for (Copy copy : copies) {
            copy.ledger.catchUp(ledger);
            check(copy.folder);
            restore(copy, cursors);
        }
        System.out.println("BackupTest: " + accepted + " accepted");
    }

    private static void check(Path copy) throws IOException {
        try (OfflineCheck check = new OfflineCheck(copy)) {
            List<String> said = new ArrayList<>();
            assertThat(check.report(0, said::add)).as("%s", said).isTrue();
            assertThat(check.shards()).isEqualTo(SHARDS);
        }
    }

    /** Starts a server on a copy: who was away gets everything, who was not gets what is new to him, and it goes on. */
    private void restore(Copy copy, Map<String, CursorStore> before) throws Exception {
        Map<String, CursorStore> cursors = new HashMap<>();
        for (Map.Entry<String, CursorStore> cursor : before.entrySet()) {
            CursorStore own = CursorStore.inMemory();
            own.save(cursor.getValue().load());
            cursors.put(cursor.getKey(), own);
        }
        Server server = start(copy.folder);
        int port = server.address().getPort();
        try {
            for (int i = 0; i < RECIPIENTS; i++) {
                receive(port, copy.ledger, name(i), cursors);
            }
            HeddleClient sender = open(port, "sender-0", CursorStore.inMemory(), new Listener() {});
            for (int i = 0; i < RECIPIENTS; i++) {
                byte[] body = copy.ledger.next("sender-0", name(i), new Random(i), 100);
                assertThat(sender.send(name(i), body).get(20, TimeUnit.SECONDS)).isInstanceOf(Receipt.Accepted.class);
                copy.ledger.accepted("sender-0", name(i), body);
            }
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> copy.ledger.missing() == 0);
            assertThat(copy.ledger.faults()).as(copy.folder.toString()).isEmpty();
        } finally {
            closeClients();
            server.close();
        }
    }

    @Test
    void a_folder_that_cannot_be_used_is_refused_in_a_line_and_a_drain_leaves_no_half_copy() throws Exception {
        Path data = folder.resolve("data");
        Server server = start(data);
        Path full = Files.createDirectory(folder.resolve("full"));
        Files.createDirectory(full.resolve("of things"));
        Path begun = Files.createDirectories(folder.resolve("begun.partial"));
        assertThat(command("backup", full.toString(), "--data", data.toString()))
                .isEqualTo("heddle: " + full + " is not empty\nexit 1");
        assertThatThrownBy(() -> server.backups().start(full))
                .isInstanceOf(SettingsException.class)
                .hasMessage(full + " is not empty");
        Path link = Files.createSymbolicLink(folder.resolve("link"), data);
        for (Path inside : List.of(data.resolve("inside"), link, link.resolve("inside"), link.resolve("in/it"))) {
            assertThatThrownBy(() -> server.backups().start(inside))
                    .isInstanceOf(SettingsException.class)
                    .hasMessageContaining("cannot hold a backup");
        }
        assertThatThrownBy(() -> server.backups().start(folder.resolve("begun")))
                .isInstanceOf(SettingsException.class)
                .hasMessage(begun + " is there, from a backup that did not end; remove it");
        assertThatThrownBy(() -> server.backups().start(Path.of("/proc/none")))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("cannot make /proc/none.partial");

        Path empty = Files.createDirectories(folder.resolve("empty"));
        server.backups().start(Files.createSymbolicLink(folder.resolve("leads to empty"), empty));
        assertThat(server.backups().await().orElseThrow().line()).startsWith("heddle backup in " + empty + ": ");
        assertThat(empty.resolve("heddle.properties")).exists();

        server.backups().start(folder.resolve("last"));
        Drained end = server.drain();
        assertThat(end.balances()).isTrue();
        BackupProgress last = server.backups().progress().orElseThrow();
        assertThat(last.stage()).isNotEqualTo(BackupProgress.Stage.RUNNING);
        assertThat(folder.resolve("last.partial")).doesNotExist();
        assertThatThrownBy(() -> server.backups().start(folder.resolve("late")))
                .isInstanceOf(SettingsException.class)
                .hasMessage("the server is stopping");
    }

    @Test
    void a_folder_that_is_there_is_used_as_it_is_even_if_a_disk_is_mounted_on_it() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Server server = start(folder.resolve("data"));
        try (SmallDisk _ = new SmallDisk(disk, 32)) {
            Path kept = Files.createDirectory(disk.resolve("lost+found"));
            server.backups().start(disk);
            assertThat(server.backups().await().orElseThrow().line()).startsWith("heddle backup in " + disk + ": ");
            assertThat(names(disk))
                    .containsExactlyInAnyOrder(
                            kept.toString(), disk + "/heddle.properties", disk + "/shard-0", disk + "/shard-1");
            assertThat(names(folder)).as("beside it").containsOnly(folder + "/data", disk.toString());
            check(disk);
            assertThatThrownBy(() -> server.backups().start(disk)).hasMessage(disk + " is not empty");
        } finally {
            server.close();
        }
    }

    @Test
    void a_folder_that_is_there_and_too_small_is_empty_again_afterwards() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        try (SmallDisk _ = new SmallDisk(disk, 2)) {
            Server server = start(folder.resolve("data"));
            try {
                HeddleClient alice =
                        open(server.address().getPort(), "alice", CursorStore.inMemory(), new Listener() {});
                for (int i = 0; i < 100; i++) {
                    assertThat(alice.send("bob", new byte[30_000]).get(20, TimeUnit.SECONDS))
                            .isInstanceOf(Receipt.Accepted.class);
                }
                server.backups().start(disk);
                assertThat(server.backups().await().orElseThrow().line()).endsWith("; nothing of it is left");
                assertThat(disk).isEmptyDirectory();
            } finally {
                closeClients();
                server.close();
            }
        }
    }

    @Test
    void a_full_disk_ends_a_backup_in_a_line_leaves_nothing_and_the_server_goes_on() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        try (SmallDisk _ = new SmallDisk(disk, 2)) {
            Server server = start(folder.resolve("data"));
            try {
                HeddleClient alice =
                        open(server.address().getPort(), "alice", CursorStore.inMemory(), new Listener() {});
                for (int i = 0; i < 100; i++) {
                    assertThat(alice.send("bob", new byte[30_000]).get(20, TimeUnit.SECONDS))
                            .isInstanceOf(Receipt.Accepted.class);
                }
                server.backups().start(disk.resolve("copy"));
                BackupProgress end = server.backups().await().orElseThrow();
                assertThat(end.stage()).isEqualTo(BackupProgress.Stage.FAILED);
                assertThat(end.line())
                        .startsWith("backup to " + disk.resolve("copy") + ": needs ")
                        .endsWith("are free; nothing of it is left");
                assertThat(names(disk)).isEmpty();

                assertThat(alice.send("bob", new byte[10]).get(20, TimeUnit.SECONDS))
                        .isInstanceOf(Receipt.Accepted.class);
                server.backups().start(folder.resolve("copy"));
                assertThat(server.backups().await().orElseThrow().messages()).isEqualTo(101);
            } finally {
                closeClients();
                server.close();
            }
        }
    }

    private static Server start(Path data) throws Exception {
        Map<String, String> settings = new TreeMap<>(Map.of(
                "port", "0",
                "data", data.toString(),
                "max.users", "10000",
                "shared.buffer.bytes", "16m",
                "segment.bytes", "2m",
                "admin.port", "0"));
        if (!Files.exists(data.resolve("heddle.properties"))) {
            settings.put("shards", Integer.toString(SHARDS));
        }
        return Server.start(Settings.of(settings), line -> {});
    }

    private void load(int port, Random random) {
        for (int i = 0; i < SENDERS; i++) {
            String sender = "sender-" + i;
            Random own = new Random(random.nextLong());
            HeddleClient client = open(port, sender, CursorStore.inMemory(), new Listener() {});
            Thread.ofVirtual().start(() -> load(client, sender, own));
        }
    }

    private void load(HeddleClient client, String sender, Random random) {
        try {
            for (int i = 1; loading.get(); i++) {
                // A load that does not end must not be as much as a machine can do: each copy has all of it.
                if (i % 100 == 0) {
                    LockSupport.parkNanos(random.nextLong(20_000_000));
                }
                String to = name(random.nextInt(RECIPIENTS));
                byte[] body = ledger.next(sender, to, random, random.nextInt(100) == 0 ? 60_000 : 300);
                var _ = client.send(to, body).thenAccept(receipt -> {
                    if (receipt instanceof Receipt.Accepted) {
                        ledger.accepted(sender, to, body);
                        accepted.incrementAndGet();
                    }
                });
            }
        } catch (InterruptedException | RuntimeException ended) {
            // The round is over.
        }
    }

    private void awaitMore(int messages) {
        long enough = accepted.get() + messages;
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> accepted.get() >= enough);
    }

    private static String name(int recipient) {
        return "recipient-" + recipient;
    }

    private void receive(int port, Ledger book, String name, Map<String, CursorStore> cursors) {
        CursorStore cursor = cursors.computeIfAbsent(name, _ -> CursorStore.inMemory());
        HeddleClient _ = open(port, name, cursor, new Listener() {
            @Override
            public void onMessage(Delivery delivery) {
                book.arrived(delivery.sender(), name, delivery.body());
            }
        });
    }

    private HeddleClient open(int port, String user, CursorStore cursor, Listener listener) {
        HeddleClient client = HeddleClient.open(
                ClientOptions.of(user).at("127.0.0.1", port).withCursor(cursor).withUnaccepted(500, 4 << 20), listener);
        clients.add(client);
        return client;
    }

    /** Runs a command of {@code bin/heddle}; returns what it said, and its exit status as the last line. */
    private static String command(String... words) throws IOException, InterruptedException {
        List<String> command = BuiltProgram.command("-Xmx64m");
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        return said + "exit " + process.waitFor();
    }

    private static List<String> names(Path in) throws IOException {
        try (var files = Files.list(in)) {
            return files.map(Path::toString).toList();
        }
    }
}
