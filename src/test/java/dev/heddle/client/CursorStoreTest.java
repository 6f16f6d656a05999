package dev.heddle.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CursorStoreTest {
    @TempDir
    private Path folder;

    @Test
    void memory_starts_at_nothing_and_remembers_the_last() throws IOException {
        CursorStore store = CursorStore.inMemory();
        assertThat(store.load()).isZero();
        store.save(7);
        assertThat(store.load()).isEqualTo(7);
    }

    @Test
    void a_file_that_is_not_there_is_a_client_that_remembers_nothing() throws IOException {
        assertThat(CursorStore.inFile(folder.resolve("cursor")).load()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 4_294_967_296L, Long.MAX_VALUE, -1})
    void every_unsigned_number_comes_back_from_the_file(long cursor) throws IOException {
        Path file = folder.resolve("cursor");
        CursorStore.inFile(file).save(3);
        CursorStore.inFile(file).save(cursor);
        assertThat(CursorStore.inFile(file).load()).isEqualTo(cursor);
    }

    @ParameterizedTest
    @ValueSource(strings = {"seven", "-1", "12 13", "1.5", "18446744073709551616", "\0\0\0\0"})
    void a_damaged_file_is_an_error_that_names_it_and_leaves_it_alone(String damage) throws IOException {
        Path file = folder.resolve("cursor");
        Files.writeString(file, damage);
        assertThatThrownBy(() -> CursorStore.inFile(file).load())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString());
        assertThat(file).hasContent(damage);
    }

    @Test
    void a_file_that_a_power_cut_emptied_means_that_messages_come_again() throws IOException {
        Path file = Files.createFile(folder.resolve("cursor"));
        assertThat(CursorStore.inFile(file).load()).isZero();
    }

    /** A crash after any part of the new cursor was written, and before it took the old one's place. */
    @ParameterizedTest
    @ValueSource(strings = {"", "4", "42", "42\n", "rubbish that is longer than any cursor"})
    void a_crash_between_write_and_rename_leaves_the_old_cursor(String written) throws IOException {
        Path file = folder.resolve("cursor");
        CursorStore.inFile(file).save(41);
        Files.writeString(folder.resolve("cursor.new"), written);

        assertThat(CursorStore.inFile(file).load()).isEqualTo(41);
        CursorStore.inFile(file).save(43);
        assertThat(CursorStore.inFile(file).load()).isEqualTo(43);
        assertThat(folder).isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void a_cursor_that_cannot_be_written_is_said_and_the_old_one_stays() throws IOException {
        Path file = folder.resolve("cursor");
        CursorStore store = CursorStore.inFile(file);
        store.save(41);
        Files.createDirectory(folder.resolve("cursor.new"));
        assertThatThrownBy(() -> store.save(42)).isInstanceOf(IOException.class);
        assertThat(store.load()).isEqualTo(41);
    }

    /** A client that is closed interrupts its reader, which may be saving just then. */
    @Test
    void an_interrupted_thread_saves_all_the_same() throws IOException {
        CursorStore store = CursorStore.inFile(folder.resolve("cursor"));
        Thread.currentThread().interrupt();
        store.save(42);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(store.load()).isEqualTo(42);
    }
}
