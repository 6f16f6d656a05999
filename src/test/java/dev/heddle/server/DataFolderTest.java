package dev.heddle.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.config.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataFolderTest {
    @TempDir
    Path parent;

    private final List<String> lost = new ArrayList<>();

    private DataFolder open(Path path, int shards) throws IOException {
        return DataFolder.open(path, shards, lost::add);
    }

    @Test
    void what_is_for_other_processes_keeps_its_room_and_is_given_up_rather_than_the_start() throws IOException {
        Path pid = parent.resolve("heddle.pid");
        Path spare = parent.resolve("heddle.pid.spare");
        open(parent, 0).close();
        assertThat(pid).doesNotExist();
        assertThat(spare).isNotEmptyFile();
        Object file = Files.getAttribute(spare, "unix:ino");
        try (DataFolder _ = open(parent, 0)) {
            assertThat(Files.getAttribute(pid, "unix:ino")).isEqualTo(file);
            assertThat(spare).doesNotExist();
        }
        assertThat(lost).isEmpty();
        Files.delete(spare);
        Files.createDirectory(spare);
        open(parent, 0).close();
        assertThat(lost).singleElement().asString().startsWith("cannot write " + pid + ": ");
    }

    @Test
    void a_second_server_is_refused_and_told_whose_folder_it_is() throws IOException {
        Path path = parent.resolve("data");
        try (DataFolder folder = open(path, 0)) {
            assertThatThrownBy(() -> open(folder.path(), 0))
                    .isInstanceOf(SettingsException.class)
                    .hasMessage("another server (pid " + ProcessHandle.current().pid() + ") runs on the data folder "
                            + path);
        }
        open(path, 0).close();
    }

    @Test
    void a_process_id_that_was_given_to_another_process_does_not_keep_a_server_out() throws Exception {
        Process other = new ProcessBuilder("sleep", "60").start();
        try {
            Path mark = parent.resolve("heddle.process");
            String boot = ProcessMark.here().started().replaceFirst("^\\S+ ?", "");
            for (String left : List.of(other.pid() + " 1 " + boot, other.pid() + " 1", "1 1 x", "no mark", "")) {
                Files.writeString(mark, left + "\n");
                open(parent, 0).close();
            }
            assertThat(mark).doesNotExist();
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void a_folder_by_a_link_is_the_folder_that_it_leads_to() throws IOException {
        Path real = Files.createDirectory(parent.resolve("real"));
        Path link = Files.createSymbolicLink(parent.resolve("link"), real);
        try (DataFolder folder = open(link, 0)) {
            assertThat(folder.path()).isEqualTo(real.toRealPath());
            Files.delete(link);
            folder.check();
        }
    }

    @Test
    void who_was_refused_takes_nothing_away_from_who_runs() throws IOException {
        try (DataFolder folder = open(parent, 0)) {
            assertThatThrownBy(() -> open(parent, 0)).isInstanceOf(SettingsException.class);
            assertThat(folder.path().resolve("heddle.pid"))
                    .hasContent(Long.toString(ProcessHandle.current().pid()));
            assertThatThrownBy(() -> open(parent, 0)).isInstanceOf(SettingsException.class);
        }
    }

    @Test
    void the_number_of_shards_is_kept() throws IOException {
        make(3);
        try (DataFolder folder = open(parent, 0)) {
            assertThat(folder.shards()).isEqualTo(3);
        }
        assertThatThrownBy(() -> open(parent, 2))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("was made with shards=3, which cannot be changed");
    }

    @Test
    void a_new_folder_has_one_shard_unless_told_otherwise() throws IOException {
        try (DataFolder folder = open(parent, 0)) {
            assertThat(folder.shards()).isEqualTo(1);
            assertThat(folder.shard(0)).isDirectory();
        }
    }

    @Test
    void another_format_is_refused_and_left_as_it_is() throws IOException {
        Path properties = Files.writeString(parent.resolve("heddle.properties"), "format=2\nshards=1\n");
        assertThatThrownBy(() -> open(parent, 0))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("has format 2, this server knows 1");
        assertThat(properties).hasContent("format=2\nshards=1");
        assertThat(parent.resolve("heddle.pid")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"many", "0", "-1", "65", ""})
    void a_number_of_shards_that_cannot_be_is_refused_by_file(String shards) throws IOException {
        Path properties = Files.writeString(parent.resolve("heddle.properties"), "format=1\nshards=" + shards + "\n");
        assertThatThrownBy(() -> open(parent, 0))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining(properties.toString())
                .hasMessageContaining("shards=" + shards);
    }

    @Test
    void files_of_others_are_left_alone() throws IOException {
        Path notes = Files.writeString(parent.resolve("notes.txt"), "mine");
        open(parent, 0).close();
        assertThat(notes).hasContent("mine");
    }

    @Test
    void a_folder_that_cannot_be_made_is_refused_by_name() throws IOException {
        Path file = Files.writeString(parent.resolve("file"), "");
        assertThatThrownBy(() -> open(file.resolve("data"), 0))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("cannot make the data folder " + file.resolve("data"));
    }

    @Test
    void a_new_folder_is_for_its_owner_alone_and_one_that_is_there_stays_as_it_is() throws IOException {
        Path data = parent.resolve("new/data");
        open(data, 0).close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                .isEqualTo("rwx------");
        assertThat(Files.getPosixFilePermissions(parent.resolve("new")))
                .as("what is above it is made as other folders are")
                .isEqualTo(Files.getPosixFilePermissions(Files.createDirectory(parent.resolve("other"))));
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-x---"));
        open(data, 0).close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                .isEqualTo("rwxr-x---");
    }

    @Test
    void a_server_that_is_gone_leaves_no_pid() throws IOException {
        open(parent, 0).close();
        assertThat(parent.resolve("heddle.pid")).doesNotExist();
    }

    @Test
    void a_start_that_was_refused_before_any_shard_was_made_binds_nobody() throws IOException {
        open(parent, 64).close();
        try (DataFolder folder = open(parent, 2)) {
            assertThat(folder.shards()).isEqualTo(2);
        }
    }

    private void make(int shards) throws IOException {
        try (DataFolder folder = open(parent, shards)) {
            for (int shard = 0; shard < shards; shard++) {
                Files.writeString(folder.shard(shard).resolve("0000000000000000.log"), "log");
            }
            folder.complete();
        }
    }

    @Test
    void without_its_properties_a_folder_with_shards_is_refused_and_left_as_it_is() throws IOException {
        make(4);
        Path properties = parent.resolve("heddle.properties");
        Files.delete(properties);
        assertThatThrownBy(() -> open(parent, 0))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining(properties + " is missing, which says how many");
        assertThat(properties).doesNotExist();
    }

    @Test
    void a_shard_that_is_gone_or_empty_is_refused_by_name() throws IOException {
        make(2);
        Path second = parent.resolve("shard-1");
        Files.delete(second.resolve("0000000000000000.log"));
        for (int i = 0; i < 2; i++) {
            try (DataFolder folder = open(parent, 0)) {
                assertThat(folder.shard(0)).isDirectory();
                assertThatThrownBy(() -> folder.shard(1))
                        .isInstanceOf(SettingsException.class)
                        .hasMessageContaining("there is no log in " + second);
            }
            Files.deleteIfExists(second);
        }
        assertThat(second).doesNotExist();
    }

    @Test
    void a_folder_that_a_crash_left_half_made_is_finished() throws IOException {
        try (DataFolder folder = open(parent, 3)) {
            assertThat(folder.shard(0)).isDirectory();
        }
        try (DataFolder folder = open(parent, 0)) {
            assertThat(folder.shards()).isEqualTo(3);
            for (int shard = 0; shard < 3; shard++) {
                assertThat(folder.shard(shard)).isDirectory();
            }
            folder.complete();
        }
        assertThat(parent.resolve("heddle.properties")).content().contains("shards=3");
    }
}
