package dev.heddle.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** A file system of its own that really fills up, as long as this is open; the test is skipped where none can be mounted. */
final class SmallDisk implements AutoCloseable {
    private final Path folder;

    SmallDisk(Path folder, int megabytes) {
        this.folder = folder;
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", folder.toString()),
                "skipped: this user may not mount a tmpfs");
    }

    /** Leaves not a byte free on it. */
    void fill() throws IOException {
        ByteBuffer zeros = ByteBuffer.allocate(64 * 1024);
        try (FileChannel filler =
                FileChannel.open(Files.createTempFile(folder, "filler", ""), StandardOpenOption.WRITE)) {
            while (true) {
                int _ = filler.write(zeros.clear());
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
        assertThat(Files.getFileStore(folder).getUnallocatedSpace()).isZero();
    }

    private static boolean run(String... command) {
        try {
            return new ProcessBuilder(List.of(command))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException absent) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        assertThat(run("umount", folder.toString())).isTrue();
    }
}
