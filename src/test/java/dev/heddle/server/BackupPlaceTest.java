package dev.heddle.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.config.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackupPlaceTest {
    @TempDir
    Path parent;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_backup_that_was_interrupted_at_any_time_is_no_data_folder(boolean isThere) throws IOException {
        Path folder = parent.resolve("copy");
        if (isThere) {
            Files.createDirectory(folder);
        }
        BackupPlace place = BackupPlace.of(folder, parent.resolve("data"));
        place.begin();
        assertThat(place.work()).isEqualTo(isThere ? folder : parent.resolve("copy.partial"));
        refused(place.work());
        Files.createDirectory(place.work().resolve("shard-0"));
        new FolderProperties(place.work()).completeCopy(1);
        refused(place.work());
        assertThatThrownBy(() -> BackupPlace.of(folder, parent.resolve("data")))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("did not end");

        place.complete();
        DataFolder.open(folder, 0, line -> {}).close();
        assertThat(parent.resolve("copy.partial")).doesNotExist();
    }

    private static void refused(Path work) {
        assertThatThrownBy(() -> DataFolder.open(work, 0, line -> {}))
                .isInstanceOf(SettingsException.class)
                .hasMessage(work + " has a backup in it that did not end; remove what is in it");
    }

    @Test
    void of_two_that_want_the_same_folder_one_gets_it() throws IOException {
        BackupPlace one = BackupPlace.of(Files.createDirectory(parent.resolve("copy")), parent.resolve("data"));
        BackupPlace other = BackupPlace.of(parent.resolve("copy"), parent.resolve("data"));
        one.begin();
        assertThatThrownBy(other::begin).isInstanceOf(IOException.class);
        assertThat(one.remove()).isEqualTo("nothing of it is left");
        assertThat(parent.resolve("copy")).isEmptyDirectory();
    }
}
