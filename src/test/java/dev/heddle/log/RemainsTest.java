package dev.heddle.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemainsTest {
    private static final int MIB = 1 << 20;

    @TempDir
    private Path folder;

    @Test
    void a_large_file_gives_its_space_back_in_steps_that_are_forced_one_by_one() throws IOException {
        CountingDisk disk = new CountingDisk(new FileDisk(folder));
        Segment segment = new Segment(disk, 0, 0, 10 * MIB);
        segment.file().writeFully(ByteBuffer.allocate(10 * MIB), 0);
        disk.delete(segment.fileName());
        Remains remains = new Remains(List.of(new Drop(segment, "gap", null, null)));
        assertThat(remains.bytes()).isEqualTo(10 * MIB);
        remains.run();
        assertThat(disk.ends()).containsExactly("cut to " + 6 * MIB, "forced", "cut to " + 2 * MIB, "forced", "closed");
        assertThat(remains.areGone()).isTrue();
        assertThat(remains.bytes()).isZero();
    }

    @Test
    void what_a_backup_shares_stays_whole() throws IOException {
        Disk disk = new FileDisk(folder.resolve("ours"));
        Disk backup = new FileDisk(folder.resolve("backup"));
        Segment segment = new Segment(disk, 0, 0, 10 * MIB);
        segment.file().writeFully(ByteBuffer.allocate(10 * MIB), 0);
        assertThat(disk.isShared(segment.fileName())).isFalse();
        assertThat(disk.share(segment.fileName(), backup)).isTrue();
        assertThat(disk.isShared(segment.fileName())).isTrue();
        Drop drop = new Drop(segment, "gap", null, null);
        assertThat(drop.run(disk)).isTrue();
        new Remains(List.of(drop)).run();
        assertThat(disk.list()).containsExactly("gap");
        assertThat(Files.size(folder.resolve("backup").resolve(segment.fileName())))
                .isEqualTo(10 * MIB);
    }

    @Test
    void one_that_is_not_open_any_more_is_not_made_again() throws IOException {
        Disk disk = new FileDisk(folder);
        new Remains(List.of(new Drop(new Segment(disk, 0, 0, 10 * MIB), "gap", null, null))).run();
        assertThat(disk.list()).isEmpty();
    }
}
