package dev.heddle.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What going through a log reads and takes. */
class ScannerTest {
    private static final int PAYLOAD = (1 << 20) + 1024;
    private static final LogOptions OPTIONS = new LogOptions(64 << 20, PAYLOAD + (1 << 20), PAYLOAD, 256 << 10, 7);

    @TempDir
    private Path folder;

    private static final class Bytes implements Disk {
        final Disk disk;
        final AtomicLong bytes = new AtomicLong();

        Bytes(Disk disk) {
            this.disk = disk;
        }

        @Override
        public List<String> list() throws IOException {
            return disk.list();
        }

        @Override
        public DiskFile open(String name) throws IOException {
            return new F(disk.open(name));
        }

        @Override
        public DiskFile openExisting(String name) throws IOException {
            return new F(disk.openExisting(name));
        }

        @Override
        public void delete(String name) throws IOException {
            disk.delete(name);
        }

        @Override
        public void rename(String from, String to) throws IOException {
            disk.rename(from, to);
        }

        @Override
        public void force() throws IOException {
            disk.force();
        }

        final class F implements DiskFile {
            final DiskFile file;

            F(DiskFile file) {
                this.file = file;
            }

            @Override
            public int write(ByteBuffer s, long at) throws IOException {
                return file.write(s, at);
            }

            @Override
            public int read(ByteBuffer t, long at) throws IOException {
                int n = file.read(t, at);
                bytes.addAndGet(Math.max(0, n));
                return n;
            }

            @Override
            public void force() throws IOException {
                file.force();
            }

            @Override
            public long size() throws IOException {
                return file.size();
            }

            @Override
            public void truncate(long size) throws IOException {
                file.truncate(size);
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        }
    }

    private static void fill(Log log, int megabytes) throws IOException {
        byte[] body = new byte[500];
        Arrays.fill(body, (byte) 'a');
        for (long i = 0; i < megabytes * 2000L; i++) {
            if (!log.hasRoom(500)) {
                log.write();
            }
            log.claim(500).put(body);
            log.commit(1);
        }
        log.write();
    }

    @Test
    void what_is_gone_through_in_small_parts_is_read_about_once() throws IOException {
        Bytes disk = new Bytes(new FileDisk(folder));
        try (Log log = Log.open(disk, OPTIONS, (_, _, _, _, _) -> {})) {
            fill(log, 32);
            long base = log.segments().getFirst().base();
            long bytes = log.segments().getFirst().bytes();
            disk.bytes.set(0);
            long at = base;
            while (at < base + bytes) {
                at = log.scan(base, at, 32 * 1024, (_, _, _, _, _) -> {});
            }
            assertThat(disk.bytes.get()).isLessThan(bytes * 5 / 4);
        }
    }

    private static long direct() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(each -> each.getName().equals("direct"))
                .findFirst()
                .orElseThrow()
                .getMemoryUsed();
    }

    @Test
    void an_end_that_reads_like_a_long_record_takes_no_more_memory_than_was_promised() throws IOException {
        try (Log log = Log.open(new FileDisk(folder), OPTIONS, (_, _, _, _, _) -> {})) {
            fill(log, 1);
        }
        Path file;
        try (var files = Files.list(folder)) {
            file = files.filter(each -> each.toString().endsWith(".log"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] old = new byte[16 << 20];
        Arrays.fill(old, (byte) 'a');
        Files.write(file, old, StandardOpenOption.APPEND);
        System.gc();
        long before = direct();
        try (Log log = Log.open(new FileDisk(folder), OPTIONS, (_, _, _, _, _) -> {})) {
            assertThat(log.appended()).as("the torn end is cut").isPositive();
            assertThat(direct() - before).isLessThanOrEqualTo(OPTIONS.directBytes() + 65536);
        }
    }
}
