package dev.heddle.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotTest {
    private static final LogOptions OPTIONS = new LogOptions(2048, 1024, 500, 4096, 0x0123456789ABCDEFL);
    private static final RecordVisitor NOBODY = (position, type, buffer, start, length) -> {};

    private final Random random = new Random(3);
    private final FaultyDisk disk = new FaultyDisk(random);
    private final FaultyDisk elsewhere = new FaultyDisk(random);

    private List<Entry> append(Log log, int count) throws IOException {
        List<Entry> entries = Entry.append(log, random, OPTIONS.maxPayloadBytes(), count);
        log.write();
        return entries;
    }

    private static Snapshot snapshot(Log log) throws IOException {
        Snapshot snapshot = log.snapshot();
        if (snapshot == null) {
            Entry.force(log);
            snapshot = log.snapshot();
        }
        return Objects.requireNonNull(snapshot);
    }

    private static void copy(Disk from, Snapshot snapshot, Disk to) throws IOException {
        new LogCopy(from, snapshot, to, bytes -> {}).run();
    }

    @Test
    void a_copy_is_the_log_of_that_moment_whatever_is_appended_and_dropped_while_it_is_made() throws IOException {
        try (Log log = Log.open(disk, OPTIONS, NOBODY)) {
            List<Entry> entries = append(log, 60);
            Entry.force(log);
            log.drop(log.segments().getFirst().base(), false);
            long kept = log.segments().getFirst().base();
            Entry.force(log);
            entries.addAll(append(log, 10));
            Snapshot snapshot = snapshot(log);

            List<Entry> later = append(log, 40);
            log.drop(log.segments().getFirst().base(), false);
            log.drop(log.segments().getFirst().base(), false);
            Entry.force(log);
            assertThat(log.droppedBytes()).as("waits for the copy").isPositive();
            copy(disk, snapshot, elsewhere);
            log.release();
            assertThat(log.needsForce()).isTrue();
            Entry.force(log);
            assertThat(log.droppedBytes()).isZero();
            entries.removeIf(entry -> entry.position() < kept);
            assertThat(later).isNotEmpty();

            elsewhere.powerCut();
            assertThat(Entry.replay(elsewhere, OPTIONS)).isEqualTo(entries);
        }
    }

    @Test
    void a_copy_that_lost_its_end_is_refused_and_not_taken_for_torn() throws IOException {
        try (Log log = Log.open(disk, OPTIONS, NOBODY)) {
            append(log, 30);
            Entry.force(log);
            append(log, 5);
            copy(disk, snapshot(log), elsewhere);
        }
        String last = elsewhere.list().stream()
                .filter(name -> name.endsWith(".log"))
                .max(String::compareTo)
                .orElseThrow();
        try (DiskFile file = elsewhere.open(last)) {
            file.truncate(file.size() - 1);
        }
        assertThatThrownBy(() -> Log.open(elsewhere, OPTIONS, NOBODY))
                .isInstanceOf(DamagedLogException.class)
                .hasMessageContaining(last);
    }

    @Test
    void nothing_is_frozen_before_the_last_segment_is_safe_from_a_power_cut() throws IOException {
        try (Log log = Log.open(disk, OPTIONS, NOBODY)) {
            append(log, 5);
            Entry.force(log);
            long before = log.activeBase();
            while (log.activeBase() == before) {
                append(log, 1);
            }
            assertThat(log.snapshot()).isNull();
            Entry.force(log);
            assertThat(log.snapshot()).isNotNull();
            assertThatThrownBy(log::snapshot).isInstanceOf(IllegalStateException.class);
            log.release();
            assertThat(log.snapshot()).isNotNull();
        }
    }

    @Test
    void a_full_disk_and_a_caller_who_has_enough_end_it() throws IOException {
        try (Log log = Log.open(disk, OPTIONS, NOBODY)) {
            append(log, 30);
            Entry.force(log);
            Snapshot snapshot = snapshot(log);
            elsewhere.capacity(snapshot.bytes() / 2);
            assertThatThrownBy(() -> copy(disk, snapshot, elsewhere)).isInstanceOf(StorageFullException.class);
            LogCopy.Progress enough = bytes -> {
                throw new IOException("enough");
            };
            assertThatThrownBy(() -> new LogCopy(disk, snapshot, new FaultyDisk(random), enough).run())
                    .hasMessage("enough");
            append(log, 3);
            Entry.force(log);
        }
    }

    @Test
    void on_one_file_system_sealed_segments_are_shared_and_the_last_one_is_not(@TempDir Path folder)
            throws IOException {
        Path here = folder.resolve("here");
        Path there = folder.resolve("there");
        FileDisk files = new FileDisk(here);
        try (Log log = Log.open(files, OPTIONS, NOBODY)) {
            append(log, 30);
            Entry.force(log);
            Snapshot snapshot = snapshot(log);
            copy(files, snapshot, new FileDisk(there));
            log.release();
            for (Snapshot.Extent extent : snapshot.extents()) {
                assertThat(Files.isSameFile(here.resolve(extent.fileName()), there.resolve(extent.fileName())))
                        .as(extent.fileName())
                        .isEqualTo(extent.sealed());
            }
            append(log, 30);
            while (log.segments().size() > 1) {
                log.drop(log.segments().getFirst().base(), false);
            }
            Entry.force(log);
            assertThat(Entry.replay(new FileDisk(there), OPTIONS)).hasSize(30);
        }
    }
}
