package dev.heddle.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTest {
    private static final LogOptions OPTIONS = new LogOptions(2048, 1024, 500, 4096, 0x0123456789ABCDEFL);
    private static final RecordVisitor NOBODY = (_, _, _, _, _) -> {};

    private final FaultyDisk disk = new FaultyDisk(new Random(1));
    private final Random random = new Random(2);

    private List<Entry> appendForced(Log log, int count) throws IOException {
        return Entry.appendForced(log, random, OPTIONS.maxPayloadBytes(), count);
    }

    @Test
    void bytes_on_disk_are_the_ones_of_format_1() throws IOException {
        try (Log log = Log.open(disk, OPTIONS, NOBODY)) {
            assertThat(Entry.append(log, 7, "heddle".getBytes(StandardCharsets.UTF_8))
                            .position())
                    .isEqualTo(48);
            log.write();
            Entry.force(log);
            assertThat(Entry.append(log, 8, new byte[0]).position()).isEqualTo(80);
            log.write();
        }
        assertThat(disk.list()).containsExactlyInAnyOrder("0000000000000000.log", "watermark");
        assertThat(HexFormat.ofDelimiter(" ").formatHex(disk.contents("0000000000000000.log")))
                .isEqualTo(String.join(
                        " ",
                        "48 45 44 44 4c 4f 47 31 00 00 00 00 00 00 00 00",
                        "01 23 45 67 89 ab cd ef 00 00 00 00 00 00 00 00",
                        "00 00 00 01 00 00 01 f4 00 00 00 00 36 f4 01 fd",
                        "8c 7d 99 28 07 00 00 06 68 65 64 64 6c 65 00 00",
                        "fe 47 4b 12 ff 00 00 08 00 00 00 00 00 00 00 40",
                        "2c 68 01 ee 08 00 00 00"));
    }

    @Test
    void records_are_read_back_from_the_buffer_the_file_and_after_reopening() throws IOException {
        List<Entry> entries;
        try (Log log = Log.open(disk, OPTIONS, NOBODY)) {
            entries = Entry.append(log, random, OPTIONS.maxPayloadBytes(), 100);
            for (Entry entry : entries) {
                assertThat(Entry.hex(log.read(entry.position(), entry.length())))
                        .isEqualTo(entry.payload());
                assertThat(Entry.hex(log.read(entry.position(), -1))).isEqualTo(entry.payload());
            }
            assertThat(log.segments()).hasSizeGreaterThan(5);
            assertThat(log.segments()).allSatisfy(s -> assertThat(s.bytes()).isLessThanOrEqualTo(2048));
        }
        assertThat(Entry.replay(disk, OPTIONS)).isEqualTo(entries);
    }

    @Test
    void a_real_folder_holds_a_log_as_well(@TempDir Path folder) throws IOException {
        List<Entry> entries;
        try (Log log = Log.open(new FileDisk(folder), OPTIONS, NOBODY)) {
            entries = appendForced(log, 300);
            log.drop(0, false);
            Entry.force(log);
            entries.removeIf(e -> e.position() < log.segments().getFirst().base());
            for (Entry entry : entries) {
                assertThat(Entry.hex(log.read(entry.position(), entry.length())))
                        .isEqualTo(entry.payload());
            }
        }
        assertThat(Entry.replay(new FileDisk(folder), OPTIONS)).isEqualTo(entries);
    }

    @Test
    void consecutive_records_cost_one_read_of_the_file() throws IOException {
        CountingDisk counting = new CountingDisk(disk);
        LogOptions options = new LogOptions(1 << 20, 1 << 16, 500, 1 << 16, 1);
        try (Log log = Log.open(counting, options, NOBODY)) {
            List<Entry> entries = new ArrayList<>();
            for (int i = 0; i < 5000; i++) {
                if (!log.hasRoom(100)) {
                    log.write();
                }
                entries.add(Entry.append(log, 1, new byte[100]));
            }
            log.write();
            int before = counting.reads();
            for (Entry entry : entries) {
                log.read(entry.position(), 100);
            }
            assertThat(counting.reads() - before).isLessThan(5000 * 112 / (1 << 16) + 10);
        }
    }

    @Test
    void a_start_behind_a_checkpoint_replays_only_what_follows() throws IOException {
        long checkpoint;
        List<Entry> later;
        try (Log log = Log.open(disk, OPTIONS, NOBODY)) {
            appendForced(log, 50);
            checkpoint = log.forced();
            later = appendForced(log, 50);
        }
        List<Entry> seen = new ArrayList<>();
        Log.open(disk, OPTIONS, checkpoint, Entry.into(seen)).close();
        assertThat(seen).isEqualTo(later);
    }

    @Test
    void a_checkpoint_beyond_the_end_is_damage() throws IOException {
        long beyond;
        try (Log log = Log.open(disk, OPTIONS, NOBODY)) {
            appendForced(log, 3);
            beyond = log.forced() + 8;
        }
        assertThatThrownBy(() -> Log.open(disk, OPTIONS, beyond, NOBODY)).isInstanceOf(DamagedLogException.class);
    }

    @Test
    void a_record_without_room_waits_for_the_next_write() throws IOException {
        try (Log log = Log.open(disk, OPTIONS, NOBODY)) {
            while (log.hasRoom(500)) {
                Entry.append(log, 1, new byte[500]);
            }
            assertThatThrownBy(() -> log.claim(500)).isInstanceOf(IllegalStateException.class);
            log.write();
            assertThat(log.hasRoom(500)).isTrue();
        }
    }

    @Test
    void sizes_and_types_out_of_range_are_refused() throws IOException {
        try (Log log = Log.open(disk, OPTIONS, NOBODY)) {
            assertThatThrownBy(() -> log.claim(501)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> log.claim(-1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> log.commit(1)).isInstanceOf(IllegalStateException.class);
            ByteBuffer payload = log.claim(4);
            assertThat(payload.remaining()).isEqualTo(4);
            assertThatThrownBy(() -> log.commit(0)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> log.commit(255)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> log.read(1 << 20, 4)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void a_segment_in_the_middle_can_be_dropped_and_its_absence_is_no_damage() throws IOException {
        List<Entry> entries;
        try (Log log = Log.open(disk, OPTIONS, NOBODY)) {
            entries = appendForced(log, 100);
            for (int index : new int[] {3, 1, 1, 0}) {
                SegmentInfo gone = log.segments().get(index);
                long before = log.bytes();
                log.drop(gone.base(), false);
                assertThat(log.bytes()).isEqualTo(before - gone.bytes());
                assertThat(log.droppedBytes()).isEqualTo(gone.bytes());
                assertThat(disk.list()).contains(SegmentHeader.fileName(gone.base()));
                Entry.force(log);
                assertThat(log.droppedBytes()).isZero();
                assertThat(disk.list()).doesNotContain(SegmentHeader.fileName(gone.base()));
                assertThatThrownBy(() -> log.read(gone.base() + 48, -1)).isInstanceOf(IllegalArgumentException.class);
                entries.removeIf(e -> e.position() >= gone.base() && e.position() < gone.base() + gone.bytes());
            }
        }
        disk.powerCut();
        assertThat(Entry.replay(disk, OPTIONS)).isEqualTo(entries);
        assertThat(disk.list().stream().filter(name -> name.endsWith(".gap"))).hasSize(1);
    }

    @Test
    void drops_that_a_full_disk_has_no_name_for_are_made_up_for_when_it_has() throws IOException {
        List<Entry> entries;
        try (Log log = Log.open(disk, OPTIONS, NOBODY)) {
            entries = appendForced(log, 100);
            List<SegmentInfo> gone = log.segments().subList(2, 5);
            disk.refuseNames(true);
            for (int index : new int[] {1, 0, 2}) {
                log.drop(gone.get(index).base(), false);
            }
            long bytes = gone.stream().mapToLong(SegmentInfo::bytes).sum();
            for (int i = 0; i < 2; i++) {
                Entry.force(log);
                assertThat(log.droppedBytes()).isEqualTo(bytes);
                assertThat(log.needsForce()).isTrue();
            }
            assertThat(Entry.replay(disk.copy(), OPTIONS)).isEqualTo(entries);
            disk.refuseNames(false);
            Entry.force(log);
            assertThat(log.droppedBytes()).isZero();
            for (SegmentInfo each : gone) {
                assertThat(disk.list()).doesNotContain(SegmentHeader.fileName(each.base()));
                entries.removeIf(e -> e.position() >= each.base() && e.position() < each.base() + each.bytes());
            }
        }
        disk.powerCut();
        assertThat(Entry.replay(disk, OPTIONS)).isEqualTo(entries);
        assertThat(disk.list().stream().filter(name -> name.endsWith(".gap"))).hasSize(1);
    }

    /** Killed inside the drop, then the power fails inside the recovery that follows. */
    @Test
    void a_drop_that_is_interrupted_twice_has_happened_or_not() throws IOException {
        for (int seed = 0; seed < 30; seed++) {
            boolean reusable = seed % 2 == 0;
            for (int inDrop = 0; inDrop < 8; inDrop++) {
                for (int inRecovery = 0; inRecovery < 8; inRecovery++) {
                    FaultyDisk faulty = new FaultyDisk(new Random(seed));
                    Log log = Log.open(faulty, OPTIONS, NOBODY);
                    List<Entry> all = appendForced(log, 40);
                    log.drop(0, reusable);
                    Entry.force(log);
                    long gone = log.segments().getFirst().base();
                    long end = log.segments().get(1).base();
                    log.drop(gone, reusable);
                    faulty.crashAfter(inDrop);
                    attempt(() -> Entry.force(log));
                    faulty.kill();
                    faulty.crashAfter(inRecovery);
                    attempt(() -> Entry.replay(faulty, OPTIONS));
                    faulty.powerCut();
                    assertThat(Entry.replay(faulty, OPTIONS))
                            .as("seed %d, operations %d and %d", seed, inDrop, inRecovery)
                            .isIn(
                                    all.stream()
                                            .filter(e -> e.position() > gone)
                                            .toList(),
                                    all.stream().filter(e -> e.position() > end).toList());
                }
            }
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private static void attempt(Step step) throws IOException {
        try {
            step.run();
        } catch (FaultyDisk.CrashException e) {
            assertThat(e).isNotNull();
        }
    }

    @Test
    void a_missing_segment_that_was_not_dropped_is_damage() throws IOException {
        try (Log log = Log.open(disk, OPTIONS, NOBODY)) {
            appendForced(log, 100);
        }
        for (String name : disk.list()) {
            FaultyDisk copy = disk.copy();
            copy.delete(name);
            assertThatThrownBy(() -> Log.open(copy, OPTIONS, NOBODY)).as(name).isInstanceOf(DamagedLogException.class);
        }
    }

    @Test
    void the_active_segment_and_unwritten_copies_are_not_dropped() throws IOException {
        try (Log log = Log.open(disk, OPTIONS, NOBODY)) {
            appendForced(log, 20);
            assertThatThrownBy(() -> log.drop(log.segments().getLast().base(), false))
                    .isInstanceOf(IllegalArgumentException.class);
            Entry.append(log, 1, new byte[1]);
            assertThatThrownBy(() -> log.drop(0, false)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void a_full_disk_changes_nothing_and_the_same_records_can_be_written_later() throws IOException {
        List<Entry> entries;
        try (Log log = Log.open(disk, OPTIONS, NOBODY)) {
            entries = appendForced(log, 10);
            for (int room = 0; room < 700; room += 13) {
                Entry more = Entry.append(log, 9, new byte[100]);
                long written = log.written();
                long appended = log.appended();
                disk.roomFor(room % 100);
                assertThatThrownBy(log::write).isInstanceOf(StorageFullException.class);
                assertThat(log.written()).isEqualTo(written);
                assertThat(log.appended()).isEqualTo(appended);
                assertThat(Entry.hex(log.read(more.position(), 100))).isEqualTo(more.payload());
                disk.roomFor(Long.MAX_VALUE);
                log.write();
                entries.add(more);
            }
        }
        assertThat(Entry.replay(disk, OPTIONS)).isEqualTo(entries);
    }

    @Test
    void after_a_failed_force_everything_is_refused() throws IOException {
        Log log = Log.open(disk, OPTIONS, NOBODY);
        Entry first = appendForced(log, 1).getFirst();
        Entry.append(log, 1, new byte[10]);
        log.write();
        long forced = log.forced();
        ForceRequest request = log.beginForce();
        disk.failNextForce();
        assertThatThrownBy(request::run).isInstanceOf(IOException.class);
        assertThatThrownBy(request::run).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> log.forced(request)).isInstanceOf(LogFailedException.class);
        assertThatThrownBy(() -> log.claim(1)).isInstanceOf(LogFailedException.class);
        assertThatThrownBy(log::write).isInstanceOf(LogFailedException.class);
        assertThatThrownBy(log::beginForce).isInstanceOf(LogFailedException.class);
        assertThatThrownBy(() -> log.read(first.position(), -1)).isInstanceOf(LogFailedException.class);
        assertThat(log.forced()).isEqualTo(forced);
        log.close();
    }

    @Test
    void appends_go_on_while_a_force_is_under_way() throws IOException {
        List<Entry> entries;
        try (Log log = Log.open(disk, OPTIONS, NOBODY)) {
            entries = Entry.append(log, random, OPTIONS.maxPayloadBytes(), 30);
            log.write();
            long before = log.written();
            ForceRequest request = log.beginForce();
            entries.addAll(Entry.append(log, random, OPTIONS.maxPayloadBytes(), 60));
            log.write();
            assertThatThrownBy(log::beginForce).isInstanceOf(IllegalStateException.class);
            request.run();
            log.forced(request);
            assertThat(log.forced()).isEqualTo(before);
            assertThat(log.needsForce()).isTrue();
            Entry.force(log);
            assertThat(log.forced()).isEqualTo(log.written());
            assertThat(log.needsForce()).isFalse();
            entries.addAll(appendForced(log, 1));
            assertThat(log.needsWatermarkForce()).isTrue();
            ForceRequest quiet = log.beginWatermarkForce();
            quiet.run();
            log.forced(quiet);
            assertThat(log.needsWatermarkForce()).isFalse();
        }
        disk.powerCut();
        assertThat(Entry.replay(disk, OPTIONS)).isEqualTo(entries);
    }

    @Test
    void another_thread_forces_while_the_owner_appends_rolls_and_drops(@TempDir Path folder) throws Exception {
        List<Entry> entries = new ArrayList<>();
        BlockingQueue<ForceRequest> due = new ArrayBlockingQueue<>(1);
        BlockingQueue<ForceRequest> done = new ArrayBlockingQueue<>(1);
        Thread syncer = Thread.ofPlatform().start(() -> {
            try {
                for (int i = 0; i < 50; i++) {
                    ForceRequest request = due.take();
                    request.run();
                    done.add(request);
                }
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        try (Log log = Log.open(new FileDisk(folder), OPTIONS, NOBODY)) {
            for (int i = 0; i < 50; i++) {
                due.add(log.beginForce());
                entries.addAll(Entry.append(log, random, OPTIONS.maxPayloadBytes(), 20));
                log.write();
                if (i % 5 == 4) {
                    SegmentInfo gone = log.segments().get(i % 2);
                    log.drop(gone.base(), true);
                    entries.removeIf(e -> e.position() >= gone.base() && e.position() < gone.base() + gone.bytes());
                }
                ForceRequest request = done.poll(30, TimeUnit.SECONDS);
                assertThat(request).isNotNull();
                log.forced(request);
            }
            for (Entry entry : entries) {
                assertThat(Entry.hex(log.read(entry.position(), entry.length())))
                        .isEqualTo(entry.payload());
            }
            assertThat(log.bytes())
                    .isEqualTo(log.segments().stream()
                            .mapToLong(SegmentInfo::bytes)
                            .sum());
        }
        syncer.join(30_000);
        assertThat(Entry.replay(new FileDisk(folder), OPTIONS)).isEqualTo(entries);
    }

    @Test
    void what_was_written_under_a_higher_limit_is_replayed_and_scanned_under_a_lower_one() throws IOException {
        int large = 300_000;
        LogOptions larger = new LogOptions(1 << 20, 1 << 20, large, 4096, 1);
        for (LogOptions options : List.of(OPTIONS, larger, OPTIONS, larger)) {
            try (Log log = Log.open(disk, options, NOBODY)) {
                Entry.append(log, 1, new byte[options.maxPayloadBytes()]);
                Entry.append(log, 2, new byte[10]);
                log.write();
                Entry.force(log);
            }
        }
        List<Integer> lengths = new ArrayList<>();
        try (Log log = Log.open(disk, OPTIONS, (_, _, _, _, length) -> lengths.add(length))) {
            int most = OPTIONS.maxPayloadBytes();
            assertThat(lengths).containsExactly(most, 10, large, 10, most, 10, large, 10);
            lengths.clear();
            for (SegmentInfo segment : log.segments()) {
                log.scan(segment.base(), 0, Integer.MAX_VALUE, (_, _, _, _, length) -> lengths.add(length));
            }
            assertThat(lengths).containsExactly(most, 10, large, 10, most, 10, large, 10);
        }
    }

    @Test
    void a_segment_that_has_gone_is_missed_and_not_made_anew(@TempDir Path folder) throws IOException {
        FileDisk files = new FileDisk(folder);
        Entry first;
        try (Log log = Log.open(files, OPTIONS, NOBODY)) {
            first = appendForced(log, 1000).getFirst();
        }
        try (Log log = Log.open(files, OPTIONS, NOBODY)) {
            for (SegmentInfo segment : log.segments()) {
                files.delete(SegmentHeader.fileName(segment.base()));
            }
            files.force();
            assertThatThrownBy(() -> {
                        for (SegmentInfo segment : log.segments()) {
                            log.scan(segment.base(), 0, 1, NOBODY);
                        }
                        log.read(first.position(), -1);
                    })
                    .isInstanceOf(DamagedLogException.class)
                    .hasMessageContaining("the file is missing");
            assertThat(files.list()).noneMatch(name -> name.endsWith(".log"));
        }
    }

    @Test
    void a_log_of_another_format_is_not_touched() throws IOException {
        try (Log log = Log.open(disk, OPTIONS, NOBODY)) {
            appendForced(log, 10);
        }
        ByteBuffer header = ByteBuffer.allocate(SegmentHeader.BYTES);
        new SegmentHeader(0, 1, 0, 2, 500).put(header, 0, new RecordCodec());
        disk.replace("0000000000000000.log", header.array());
        assertThatThrownBy(() -> Log.open(disk, OPTIONS, NOBODY))
                .isInstanceOf(DamagedLogException.class)
                .hasMessageContaining("format 2");
    }
}
