package dev.heddle.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Bits of a forced log of 256 KB, flipped one at a time: {@code -Dheddle.flips=N} of them, chosen by {@code -Dheddle.seed=S},
 * or {@code -Dheddle.flips=all}.
 */
class BitFlipTest {
    private static final int LOG_BYTES = 256 * 1024;
    private static final int LARGEST_PAYLOAD = 1000;
    private static final LogOptions OPTIONS = new LogOptions(64 * 1024, 4096, LARGEST_PAYLOAD, 4096, 77);
    private static final RecordVisitor NOBODY = (_, _, _, _, _) -> {};

    private final FaultyDisk disk = new FaultyDisk(new Random(1));

    @Test
    void every_flipped_bit_is_found_named_by_file_and_offset_and_left_as_it_is() throws IOException {
        writeForcedLog();
        String[] files = disk.list().stream()
                .filter(name -> !name.equals(Watermark.FILE_NAME))
                .sorted()
                .toArray(String[]::new);
        Map<String, String> before = disk.snapshot();
        String flips = System.getProperty("heddle.flips", "4000");
        int found = 0;
        if (flips.equals("all")) {
            for (String file : files) {
                int bits = disk.contents(file).length * 8;
                for (int bit = 0; bit < bits; bit++, found++) {
                    flip(file, bit);
                }
            }
        } else {
            long seed = Long.getLong("heddle.seed", System.nanoTime());
            System.out.println("BitFlipTest: -Dheddle.seed=" + seed);
            Random random = new Random(seed);
            for (; found < Integer.parseInt(flips); found++) {
                String file = files[random.nextInt(files.length)];
                flip(file, random.nextInt(disk.contents(file).length * 8));
            }
        }
        System.out.println("BitFlipTest: " + found + " bits flipped, every one found");
        assertThat(disk.snapshot()).isEqualTo(before);
    }

    private void flip(String file, int bit) {
        disk.flip(file, bit);
        DamagedLogException damage =
                catchThrowableOfType(DamagedLogException.class, () -> Log.open(disk, OPTIONS, NOBODY));
        assertThat(damage).as("bit %d of %s", bit, file).isNotNull();
        assertThat(damage.file()).isEqualTo(file);
        assertThat(damage.offset()).isBetween(bit / 8 - (LARGEST_PAYLOAD + 64L), (long) bit / 8);
        disk.flip(file, bit);
    }

    private void writeForcedLog() throws IOException {
        Random random = new Random(3);
        Log log = Log.open(disk, OPTIONS, NOBODY);
        while (log.bytes() < LOG_BYTES) {
            byte[] payload = new byte[random.nextInt(LARGEST_PAYLOAD + 1)];
            random.nextBytes(payload);
            Entry.append(log, 1, payload);
            log.write();
        }
        ForceRequest request = log.beginForce();
        request.run();
        log.forced(request);
        disk.kill();
    }
}
