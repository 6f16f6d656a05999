package dev.heddle.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Segments in files where other segments were before. */
class SparesTest {
    private static final LogOptions OPTIONS = new LogOptions(2048, 1024, 500, 4096, 0x0123456789ABCDEFL);
    private static final RecordVisitor NOBODY = (_, _, _, _, _) -> {};

    private final FaultyDisk disk = new FaultyDisk(new Random(1));
    private final Random random = new Random(2);

    private List<Entry> appendForced(Log log, int count) throws IOException {
        return Entry.appendForced(log, random, OPTIONS.maxPayloadBytes(), count);
    }

    /** Puts segments in the place of dropped ones, and says what is in the log then. */
    private List<Entry> writeOver(Log log, List<Entry> entries, int times) throws IOException {
        List<Entry> left = new ArrayList<>(entries);
        for (int i = 0; i < times; i++) {
            SegmentInfo gone = log.segments().getFirst();
            log.drop(gone.base(), true);
            Entry.force(log);
            left.removeIf(e -> e.position() < gone.base() + gone.bytes());
            int before = log.segments().size();
            while (log.segments().size() == before) {
                left.addAll(appendForced(log, 1));
            }
        }
        return left;
    }

    @Test
    void the_file_of_a_dropped_segment_is_written_over_by_a_later_one() throws IOException {
        List<Entry> entries;
        try (Log log = Log.open(disk, OPTIONS, NOBODY)) {
            entries = appendForced(log, 100);
            long used = disk.used();
            long least = log.segments().stream().mapToLong(SegmentInfo::bytes).sum();
            entries = writeOver(log, entries, 50);
            assertThat(disk.used()).isBetween(least, used + 2L * OPTIONS.segmentBytes());
            for (Entry entry : entries) {
                assertThat(Entry.hex(log.read(entry.position(), entry.length())))
                        .isEqualTo(entry.payload());
            }
            FaultyDisk killed = disk.copy();
            assertThat(Entry.replay(killed, OPTIONS)).isEqualTo(entries);
            assertThat(Entry.replay(killed, OPTIONS)).isEqualTo(entries);
        }
        assertThat(Entry.replay(disk, OPTIONS)).isEqualTo(entries);
    }

    @Test
    void files_are_kept_for_later_segments_two_at_most_and_until_the_end() throws IOException {
        try (Log log = Log.open(disk, OPTIONS, NOBODY)) {
            appendForced(log, 100);
            for (int i = 0; i < 5; i++) {
                log.drop(log.segments().getFirst().base(), true);
            }
            Entry.force(log);
            assertThat(spares(disk)).hasSize(2);
            log.drop(log.segments().getFirst().base(), true);
            Entry.force(log);
            assertThat(spares(disk)).hasSize(2);
            FaultyDisk killed = disk.copy();
            Log.open(killed, OPTIONS, NOBODY).close();
            assertThat(spares(killed)).isEmpty();
            assertThat(log.giveUpSpares()).isTrue();
            assertThat(spares(disk)).isEmpty();
            assertThat(log.giveUpSpares()).isFalse();
            log.drop(log.segments().getFirst().base(), true);
            Entry.force(log);
            assertThat(spares(disk)).hasSize(1);
        }
        assertThat(spares(disk)).isEmpty();
    }

    private static List<String> spares(FaultyDisk disk) throws IOException {
        return disk.list().stream().filter(name -> name.endsWith(".spare")).toList();
    }

    /** The records of the segment before stand behind the last one, whole, as if they had never been written over. */
    @Test
    void what_lay_in_a_file_before_is_not_taken_for_what_was_written_last() throws IOException {
        List<Entry> entries;
        SegmentInfo last;
        SegmentInfo before;
        try (Log log = Log.open(disk, OPTIONS, NOBODY)) {
            entries = appendForced(log, 100);
            last = log.segments().getLast();
            before = log.segments().get(log.segments().size() - 2);
        }
        byte[] old = disk.contents(SegmentHeader.fileName(before.base()));
        byte[] now = disk.contents(SegmentHeader.fileName(last.base()));
        byte[] both = new byte[now.length + old.length - SegmentHeader.BYTES];
        System.arraycopy(now, 0, both, 0, now.length);
        System.arraycopy(old, SegmentHeader.BYTES, both, now.length, old.length - SegmentHeader.BYTES);
        disk.replace(SegmentHeader.fileName(last.base()), both);
        assertThat(Entry.replay(disk, OPTIONS)).isEqualTo(entries);
        assertThat(disk.contents(SegmentHeader.fileName(last.base()))).hasSize(now.length);
        byte[] longer = new byte[old.length + now.length];
        System.arraycopy(old, 0, longer, 0, old.length);
        System.arraycopy(now, 0, longer, old.length, now.length);
        disk.replace(SegmentHeader.fileName(before.base()), longer);
        assertThat(Entry.replay(disk, OPTIONS)).isEqualTo(entries);
    }

    /** Its name is there and nothing of what was written to it. */
    @Test
    void a_file_that_is_still_as_it_was_when_it_was_kept_is_no_segment() throws IOException {
        List<Entry> entries;
        String next;
        try (Log log = Log.open(disk, OPTIONS, NOBODY)) {
            entries = appendForced(log, 100);
            log.drop(0, true);
            Entry.force(log);
            entries.removeIf(e -> e.position() < log.segments().getFirst().base());
            next = SegmentHeader.fileName(log.appended());
            FaultyDisk cut = disk.copy();
            cut.rename(spares(cut).getFirst(), next);
            assertThat(Entry.replay(cut, OPTIONS)).isEqualTo(entries);
            assertThat(cut.list()).doesNotContain(next);
        }
        disk.replace(next, disk.contents(SegmentHeader.fileName(firstBase())));
        assertThatThrownBy(() -> Log.open(disk, OPTIONS, NOBODY)).isInstanceOf(DamagedLogException.class);
    }

    private long firstBase() throws IOException {
        return disk.list().stream()
                .mapToLong(SegmentHeader::baseOf)
                .filter(base -> base >= 0)
                .min()
                .orElseThrow();
    }

    @Test
    void writes_over_old_bytes_fill_the_page_so_that_it_need_not_be_read() throws IOException {
        LogOptions options = new LogOptions(1 << 16, 1 << 14, 500, 4096, 3);
        try (Log log = Log.open(disk, options, NOBODY)) {
            while (log.segments().size() < 3) {
                Entry.append(log, 1, "a body of some bytes".getBytes(StandardCharsets.UTF_8));
                log.write();
            }
            Entry.force(log);
            log.drop(0, true);
            Entry.force(log);
            int before = log.segments().size();
            while (log.segments().size() == before) {
                Entry.append(log, 1, new byte[100]);
                log.write();
            }
            for (int i = 0; i < 100; i++) {
                SegmentInfo active = log.segments().getLast();
                byte[] file = disk.contents(SegmentHeader.fileName(active.base()));
                int end = Math.toIntExact(active.bytes());
                int page = (end + 4095) / 4096 * 4096;
                assertThat(file.length).isGreaterThan(60_000);
                for (int at = end; at < page; at++) {
                    assertThat(file[at]).isZero();
                }
                assertThat(page == end || file[page] != 0 || file[page + 4] != 0)
                        .isTrue();
                Entry.append(log, 1, new byte[i]);
                log.write();
            }
        }
    }

    @Test
    void segments_that_are_full_leave_nothing_old_behind_them() throws IOException {
        try (Log log = Log.open(disk, OPTIONS, NOBODY)) {
            writeOver(log, appendForced(log, 100), 50);
            for (SegmentInfo segment : log.segments()) {
                if (segment.sealed()) {
                    assertThat(disk.contents(SegmentHeader.fileName(segment.base())))
                            .hasSize(Math.toIntExact(segment.bytes()));
                }
            }
        }
        for (String name : disk.list()) {
            if (SegmentHeader.baseOf(name) >= 0) {
                assertThat(disk.contents(name).length).isLessThanOrEqualTo(OPTIONS.segmentBytes());
            }
        }
    }

    /** A segment that is durable in full is not looked at by recovery, and a backup wants its file to be as long as it is. */
    @Test
    void what_is_cut_before_a_segment_that_had_no_room_at_first_is_durable_with_that() throws IOException {
        for (int seed = 0; seed < 20; seed++) {
            FaultyDisk faulty = new FaultyDisk(new Random(seed));
            Log log = Log.open(faulty, OPTIONS, NOBODY);
            writeOver(log, appendForced(log, 100), 5);
            faulty.refuseNames(true);
            assertThatThrownBy(() -> {
                        while (true) {
                            appendForced(log, 1);
                        }
                    })
                    .isInstanceOf(StorageFullException.class);
            SegmentInfo full = log.segments().getLast();
            faulty.refuseNames(false);
            log.write();
            Entry.force(log);
            assertThat(log.segments().getLast().base()).isGreaterThan(full.base());
            faulty.powerCut();
            assertThat(faulty.contents(SegmentHeader.fileName(full.base())))
                    .as("seed %d", seed)
                    .hasSize(Math.toIntExact(full.bytes()));
        }
    }

    @Test
    void files_of_larger_segments_than_are_wanted_now_are_not_kept() throws IOException {
        LogOptions larger = new LogOptions(1 << 16, 1024, 500, 4096, 5);
        try (Log log = Log.open(disk, larger, NOBODY)) {
            appendForced(log, 1000);
        }
        try (Log log = Log.open(disk, OPTIONS, NOBODY)) {
            appendForced(log, 10);
            for (int i = 0; i < 2; i++) {
                log.drop(log.segments().getFirst().base(), true);
                Entry.force(log);
                assertThat(spares(disk)).isEmpty();
            }
        }
    }

    @Test
    void without_room_for_a_new_name_the_file_stays_kept_and_can_be_given_up() throws IOException {
        List<Entry> entries;
        try (Log log = Log.open(disk, OPTIONS, NOBODY)) {
            entries = appendForced(log, 100);
            log.drop(0, true);
            Entry.force(log);
            entries.removeIf(e -> e.position() < log.segments().getFirst().base());
            disk.refuseNames(true);
            assertThatThrownBy(() -> {
                        while (true) {
                            entries.addAll(Entry.append(log, random, 10, 1));
                            log.write();
                        }
                    })
                    .isInstanceOf(StorageFullException.class);
            assertThat(spares(disk)).hasSize(1);
            assertThat(log.giveUpSpares()).isTrue();
            assertThat(spares(disk)).isEmpty();
            assertThatThrownBy(log::write).isInstanceOf(StorageFullException.class);
            disk.refuseNames(false);
            log.write();
        }
        assertThat(Entry.replay(disk, OPTIONS)).isEqualTo(entries);
    }

    @Test
    void a_file_that_there_is_no_other_name_for_goes_as_if_nobody_had_wanted_it() throws IOException {
        Disk full = new CountingDisk(disk) {
            @Override
            public void rename(String from, String to) throws IOException {
                throw new StorageFullException("no room for " + to);
            }
        };
        disk.open(SegmentHeader.fileName(0)).close();
        Segment segment = new Segment(full, 0, 0, 100);
        segment.file().writeFully(ByteBuffer.allocate(100), 0);
        String gap = new Gap(0, 100).fileName();
        assertThat(new Drop(segment, true, gap, null, null).run(full, true)).isEqualTo(Drop.Fate.DELETED);
        assertThat(disk.list()).containsExactly(gap);
        segment.close();
    }
}
