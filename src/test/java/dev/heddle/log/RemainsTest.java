package dev.heddle.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemainsTest {
    private static final int MIB = 1 << 20;
    private static final int RECORDS = 40;
    private static final RecordVisitor NOBODY = (_, _, _, _, _) -> {};

    @TempDir
    private Path folder;

    @Test
    void a_large_file_gives_its_space_back_in_steps_that_are_forced_one_by_one() throws IOException {
        CountingDisk disk = new CountingDisk(new FileDisk(folder));
        Segment segment = Segment.begin(disk, null, 0, 0, 10 * MIB);
        segment.file().writeFully(ByteBuffer.allocate(10 * MIB), 0);
        disk.delete(segment.fileName());
        Remains remains = new Remains(List.of(segment), 4 * MIB);
        assertThat(remains.bytes()).isEqualTo(10 * MIB);
        remains.run();
        assertThat(disk.ends()).containsExactly("cut to " + 6 * MIB, "forced", "cut to " + 2 * MIB, "forced", "closed");
        assertThat(remains.areGone()).isTrue();
        assertThat(remains.bytes()).isZero();
    }

    @Test
    void what_a_backup_shares_stays_whole_whichever_of_the_two_drops_it() throws IOException {
        LogOptions options = new LogOptions(64 << 10, 16 << 10, 4096, 4096, 5);
        FileDisk disk = new FileDisk(folder.resolve("data"));
        FileDisk one = new FileDisk(folder.resolve("one"));
        FileDisk other = new FileDisk(folder.resolve("other"));
        try (Log log = Log.open(disk, options, NOBODY)) {
            for (int i = 0; i < RECORDS; i++) {
                Entry.append(log, 1, new byte[4096]);
                log.write();
            }
            Entry.force(log);
            for (Disk copy : List.of(one, other)) {
                new LogCopy(disk, Objects.requireNonNull(log.snapshot()), copy, _ -> {}).run();
                log.release();
            }
            assertThat(disk.isShared(SegmentHeader.fileName(0))).isTrue();
            try (Log copied = Log.open(one, options, NOBODY)) {
                copied.drop(0, true);
                Entry.force(copied);
                assertThat(one.list()).noneMatch(Spares::isSpare);
            }
            assertThat(log.scan(0, 0, Integer.MAX_VALUE, NOBODY))
                    .isEqualTo(log.segments().getFirst().bytes());
            log.drop(0, true);
            Entry.force(log);
            assertThat(disk.list()).noneMatch(Spares::isSpare);
            assertThat(disk.isShared(
                            SegmentHeader.fileName(log.segments().getLast().base())))
                    .isFalse();
        }
        assertThat(Entry.replay(other, options)).hasSize(RECORDS);
    }

    @Test
    void one_that_is_not_open_any_more_is_not_made_again() throws IOException {
        Disk disk = new FileDisk(folder);
        new Remains(List.of(new Segment(disk, 0, 0, 10 * MIB)), 4 * MIB).run();
        assertThat(disk.list()).isEmpty();
    }
}
