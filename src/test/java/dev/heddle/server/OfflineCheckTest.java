package dev.heddle.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.client.ClientOptions;
import dev.heddle.client.HeddleClient;
import dev.heddle.client.Listener;
import dev.heddle.client.Receipt;
import dev.heddle.config.Settings;
import dev.heddle.config.SettingsException;
import dev.heddle.shard.Census;
import dev.heddle.shard.CleanedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OfflineCheckTest {
    private static final int MESSAGES = 300;
    private static final int BODY = 10_000;

    private static boolean writes(String line) {
        return line.matches("flags:.*[12]");
    }

    @TempDir
    private Path data;

    private final List<String> said = new ArrayList<>();

    @Test
    void a_whole_folder_is_counted_and_left_as_it_is() throws Exception {
        fill();
        Map<String, FileTime> before = times();

        try (OfflineCheck check = new OfflineCheck(data)) {
            assertThat(check.report(1, said::add)).isTrue();
            Census census = check.shard(0, 1);
            assertThat(census.users()).isEqualTo(3);
            assertThat(census.messages()).isEqualTo(MESSAGES);
            assertThat(census.largest()).hasSize(1);
            assertThat(census.largest().getFirst().user()).isEqualTo("bob");
            assertThat(census.largest().getFirst().messages()).isEqualTo(MESSAGES / 3 * 2);
            assertThat(census.bytes()).isBetween((long) MESSAGES * BODY, (long) MESSAGES * (BODY + 100));
            assertThat(census.segments().stream()
                            .mapToLong(Census.SegmentUse::liveBytes)
                            .sum())
                    .isEqualTo(census.bytes());
        }

        assertThat(times()).isEqualTo(before);
        assertThat(said).anyMatch(line -> line.contains("whole") && line.contains(MESSAGES + " messages"));
        assertThat(said).anyMatch(line -> line.contains("inbox bob: 200 messages"));
    }

    @Test
    void nothing_is_opened_for_writing_and_others_may_look_too() throws Exception {
        fill();
        try (OfflineCheck check = new OfflineCheck(data)) {
            assertThat(writable()).isEmpty();
            assertThat(check.shard(0, 1).messages()).isEqualTo(MESSAGES);
        }
        Files.delete(data.resolve(FolderLock.FILE));
        try (OfflineCheck check = new OfflineCheck(data)) {
            assertThat(check.report(0, said::add)).isTrue();
        }
        assertThat(data.resolve(FolderLock.FILE)).doesNotExist();
    }

    /** What this process has open for writing in the data folder, where the system tells. */
    private List<String> writable() throws IOException {
        List<String> found = new ArrayList<>();
        Path all = Path.of("/proc/self/fd");
        if (!Files.isDirectory(all)) {
            return found;
        }
        try (var descriptors = Files.list(all)) {
            for (Path each : descriptors.toList()) {
                Path file = Files.isSymbolicLink(each) ? Files.readSymbolicLink(each) : each;
                Path info = Path.of("/proc/self/fdinfo").resolve(each.getFileName());
                if (file.startsWith(data.toRealPath())
                        && Files.exists(info)
                        && Files.readString(info).lines().anyMatch(OfflineCheckTest::writes)) {
                    found.add(file.toString());
                }
            }
        }
        return found;
    }

    @Test
    void there_may_be_more_users_than_a_server_usually_remembers() throws Exception {
        CleanedLog.write(data.resolve("many"), 20, 2);
        try (OfflineCheck check = new OfflineCheck(data.resolve("many"))) {
            assertThat(check.shard(0, 1, 8).users()).isEqualTo(22);
        }
    }

    @Test
    void damage_is_named_by_file_and_offset() throws Exception {
        fill();
        Path segment = data.resolve("shard-0/0000000000000000.log");
        byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length / 2] ^= 0x10;
        Files.write(segment, bytes);

        try (OfflineCheck check = new OfflineCheck(data)) {
            assertThat(check.report(0, said::add)).isFalse();
        }

        assertThat(said).singleElement().asString().contains("DAMAGED", "0000000000000000.log", "offset");
    }

    @Test
    void a_folder_in_use_or_a_stranger_is_not_looked_into() throws Exception {
        Server server = Server.start(settings(), line -> {});
        try {
            assertThatThrownBy(() -> new OfflineCheck(data))
                    .isInstanceOf(SettingsException.class)
                    .hasMessageContaining("another server");
        } finally {
            server.close();
        }
        Path stranger = Files.createDirectory(data.resolve("stranger"));
        assertThatThrownBy(() -> new OfflineCheck(stranger))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("no data folder");
    }

    private Settings settings() {
        return Settings.of(Map.of("port", "0", "data", data.toString(), "max.connections", "50"));
    }

    private void fill() throws Exception {
        Server server = Server.start(settings(), line -> {});
        ClientOptions alice =
                ClientOptions.of("alice").at("127.0.0.1", server.address().getPort());
        try (HeddleClient client = HeddleClient.open(alice, new Listener() {})) {
            List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
            for (int i = 0; i < MESSAGES; i++) {
                receipts.add(client.send(i % 3 == 0 ? "carol" : "bob", new byte[BODY]));
            }
            for (CompletableFuture<Receipt> receipt : receipts) {
                assertThat(receipt.get(20, TimeUnit.SECONDS)).isInstanceOf(Receipt.Accepted.class);
            }
        }
        server.drain();
        server.close();
    }

    private Map<String, FileTime> times() throws IOException {
        Map<String, FileTime> times = new TreeMap<>();
        try (var paths = Files.walk(data)) {
            for (Path path : paths.toList()) {
                times.put(path.toString(), Files.getLastModifiedTime(path));
            }
        }
        return times;
    }
}
