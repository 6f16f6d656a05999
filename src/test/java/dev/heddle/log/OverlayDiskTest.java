package dev.heddle.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverlayDiskTest {
    private static final int LARGEST = 300_000;

    /** What is written is a piece of this. */
    private static final byte[] ANYTHING = anything();

    @TempDir
    private Path real;

    @TempDir
    private Path below;

    @Test
    void it_behaves_as_the_folder_would_and_leaves_the_folder_alone() throws IOException {
        for (long seed = 1; seed <= 40; seed++) {
            compare(seed);
        }
    }

    private void compare(long seed) throws IOException {
        Random random = new Random(seed);
        String[] names = {"a" + seed, "b" + seed, "c" + seed};
        for (String name : names) {
            byte[] bytes = piece(random, LARGEST);
            Files.write(real.resolve(name), bytes);
            Files.write(below.resolve(name), bytes);
        }
        Map<String, byte[]> before = contents(below);
        FileDisk expected = new FileDisk(real);
        try (OverlayDisk overlay = new OverlayDisk(below)) {
            for (int step = 0; step < 200; step++) {
                change(random, names, expected, overlay);
                String name = names[random.nextInt(names.length)];
                long at = random.nextInt(LARGEST);
                int length = random.nextInt(150_000);
                assertThat(read(overlay, name, at, length))
                        .as("seed %d, step %d", seed, step)
                        .isEqualTo(read(expected, name, at, length));
            }
            for (String name : names) {
                assertThat(overlay.list().contains(name))
                        .isEqualTo(expected.list().contains(name));
            }
        }
        assertThat(contents(below).keySet()).isEqualTo(before.keySet());
        contents(below).forEach((name, bytes) -> assertThat(bytes).isEqualTo(before.get(name)));
    }

    private static void change(Random random, String[] names, Disk one, Disk other) throws IOException {
        String name = names[random.nextInt(names.length)];
        long at = random.nextInt(LARGEST);
        byte[] bytes = piece(random, 100_000);
        int what = random.nextInt(20);
        for (Disk disk : new Disk[] {one, other}) {
            if (what == 0) {
                disk.delete(name);
            } else if (what == 1) {
                try (DiskFile made = disk.open(name)) {
                    made.force();
                }
                disk.rename(name, names[0]);
            } else {
                try (DiskFile file = disk.open(name)) {
                    if (what < 8) {
                        file.truncate(at);
                    } else {
                        file.writeFully(ByteBuffer.wrap(bytes), at);
                    }
                }
            }
        }
    }

    private static byte[] anything() {
        byte[] bytes = new byte[2 * LARGEST];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    private static byte[] piece(Random random, int longest) {
        int start = random.nextInt(LARGEST);
        return Arrays.copyOfRange(ANYTHING, start, start + random.nextInt(longest));
    }

    private static ByteBuffer read(Disk disk, String name, long at, int length) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(length + 8);
        try (DiskFile file = disk.open(name)) {
            target.position(8).limit(8 + length);
            file.readFully(target, at);
            target.putLong(0, file.size());
        }
        return target.flip();
    }

    private static Map<String, byte[]> contents(Path folder) throws IOException {
        Map<String, byte[]> contents = new TreeMap<>();
        try (var paths = Files.list(folder)) {
            for (Path path : paths.toList()) {
                contents.put(String.valueOf(path.getFileName()), Files.readAllBytes(path));
            }
        }
        return contents;
    }
}
