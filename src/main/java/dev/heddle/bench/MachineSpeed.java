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
import java.util.concurrent.locks.LockSupport;

/**
 * What a machine gives to whoever runs on it, at this hour: figures of two machines, or of two hours, are compared only beside
 * theirs. A virtual machine's memory may be three times as slow in one hour as in the next, with the same processor on its label.
 *
 * @param loadNanos a load from 64 MiB of memory whose address is what the load before it brought
 * @param forceMillis a force ({@code fdatasync}) of 64 KiB that are written over; the median
 * @param wakeMicros the first load from a page of memory (4 KiB) that has been left alone for two seconds; the mean. Well below
 *     one, unless such pages are taken away, as under some hypervisors; then whatever wakes up now and then pays for each it needs
 */
record MachineSpeed(double loadNanos, double forceMillis, double wakeMicros) {
    private static final int INTS = 16 << 20;
    /** Of a sequence that goes once through all of them (Hull and Dobell), and in no way that a processor foresees. */
    private static final int MULTIPLIER = 1_664_525;

    private static final int INCREMENT = 1_013_904_223;
    private static final int LOADS = 1_000_000;

    private static final int FORCED_BYTES = 64 << 10;
    private static final int PLACES = 64;
    private static final int FORCES = 50;

    private static final int PAGE_BYTES = 4096;
    private static final int PAGES = 2048;
    private static final long ALONE_NANOS = 2_000_000_000;

    /** Measures it, in a few seconds, with the disk under that folder; the caller's thread. */
    static MachineSpeed measure(Path folder) throws IOException {
        return new MachineSpeed(load(), force(Files.createDirectories(folder)), wake());
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

    private static double wake() {
        ByteBuffer memory = ByteBuffer.allocateDirect(PAGES * PAGE_BYTES);
        for (int page = 0; page < PAGES; page++) {
            memory.put(page * PAGE_BYTES, (byte) 1);
        }
        int before = visit(memory);
        for (long end = System.nanoTime() + ALONE_NANOS; end - System.nanoTime() > 0; ) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
        long begun = System.nanoTime();
        int after = visit(memory);
        double micros = (System.nanoTime() - begun) / 1e3 / PAGES;
        return before == after ? micros : Double.NaN;
    }

    private static int visit(ByteBuffer memory) {
        int sum = 0;
        for (int page = 0; page < PAGES; page++) {
            sum += memory.get(page * PAGE_BYTES);
        }
        return sum;
    }

    /** To be shown beside what else is known of the machine. */
    void putInto(Map<String, String> machine) {
        machine.put("a load from 64 MiB of memory", String.format(Locale.ROOT, "%.0f ns", loadNanos));
        machine.put("a force of 64 KiB", String.format(Locale.ROOT, "%.2f ms", forceMillis));
        machine.put("a page left alone for 2 s", String.format(Locale.ROOT, "%.1f us", wakeMicros));
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "this machine, now: %.0f ns a load from 64 MiB of memory, %.2f ms a force of 64 KiB,"
                        + " %.1f us a page that was left alone for 2 s",
                loadNanos,
                forceMillis,
                wakeMicros);
    }
}
