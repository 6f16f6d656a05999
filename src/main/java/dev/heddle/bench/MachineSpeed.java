package dev.heddle.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a machine gives to whoever runs on it, at this hour: figures of two machines, or of two hours, are compared only beside
 * theirs. A virtual machine's memory may be three times as slow in one hour as in the next, with the same processor on its label.
 *
 * @param loadNanos a load from 64 MiB of memory whose address is what the load before it brought
 * @param forceMillis a force ({@code fdatasync}) of 64 KiB that are written over; the median
 */
record MachineSpeed(double loadNanos, double forceMillis) {
    private static final int INTS = 16 << 20;
    /** Of a sequence that goes once through all of them (Hull and Dobell), and in no way that a processor foresees. */
    private static final int MULTIPLIER = 1_664_525;

    private static final int INCREMENT = 1_013_904_223;
    private static final int LOADS = 1_000_000;

    private static final int FORCED_BYTES = 64 << 10;
    private static final int PLACES = 64;
    private static final int FORCES = 50;

    /** Measures it, in a second or two, with the disk under that folder; the caller's thread. */
    static MachineSpeed measure(Path folder) throws IOException {
        return new MachineSpeed(load(), force(Files.createDirectories(folder)));
    }

    private static double load() {
        int[] next = new int[INTS];
        for (int i = 0; i < INTS; i++) {
            next[i] = (i * MULTIPLIER + INCREMENT) & (INTS - 1);
        }
        int at = follow(next, 0);
        long begun = System.nanoTime();
        int end = follow(next, at);
        double nanos = (double) (System.nanoTime() - begun) / LOADS;
        // The end is looked at, so that nobody leaves the loads out.
        return end < 0 ? Double.NaN : nanos;
    }

    private static int follow(int[] next, int from) {
        int at = from;
        for (int i = 0; i < LOADS; i++) {
            at = next[at];
        }
        return at;
    }

    private static double force(Path folder) throws IOException {
        Path file = Files.createTempFile(folder, "force", "");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            // Nothing that a disk could leave out.
            byte[] noise = new byte[FORCED_BYTES];
            ThreadLocalRandom.current().nextBytes(noise);
            ByteBuffer bytes = ByteBuffer.allocateDirect(FORCED_BYTES).put(noise);
            for (int place = 0; place < PLACES; place++) {
                channel.write(bytes.clear(), (long) place * FORCED_BYTES);
            }
            channel.force(false);
            double[] millis = new double[FORCES];
            for (int i = 0; i < FORCES; i++) {
                channel.write(bytes.clear(), (long) (i % PLACES) * FORCED_BYTES);
                long begun = System.nanoTime();
                channel.force(false);
                millis[i] = (System.nanoTime() - begun) / 1e6;
            }
            Arrays.sort(millis);
            return millis[FORCES / 2];
        } finally {
            Files.delete(file);
        }
    }

    /** To be shown beside what else is known of the machine. */
    void putInto(Map<String, String> machine) {
        machine.put("a load from 64 MiB of memory", String.format(Locale.ROOT, "%.0f ns", loadNanos));
        machine.put("a force of 64 KiB", String.format(Locale.ROOT, "%.2f ms", forceMillis));
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "this machine, now: %.0f ns a load from 64 MiB of memory, %.2f ms a force of 64 KiB",
                loadNanos,
                forceMillis);
    }
}
