package dev.heddle.server;

import dev.heddle.edge.EdgeOptions;
import dev.heddle.log.Log;
import dev.heddle.log.LogOptions;
import dev.heddle.presence.ChronicleUserStore;

/**
 * What a configuration can use at most, worked out before anything is opened; a configuration that cannot hold is refused.
 *
 * @param connections sockets at once
 * @param heapBytes all that the collector manages
 * @param directBytes buffers off the heap
 * @param userBytes the user stores
 * @param kernelBytes socket buffers of all connections, filled to the brim
 * @param baseBytes the JVM itself: code, metadata, stacks
 */
public record Ceiling(
        int connections, long heapBytes, long directBytes, long userBytes, long kernelBytes, long baseBytes) {
    /** Heap of one logged-in connection with its buffers' objects, session and user; measured, rounded up. */
    static final int HEAP_PER_CONNECTION = 6 * 1024;

    /** Heap that does not depend on connections: rings, residents, caches. */
    private static final long HEAP_BASE = 48L << 20;

    private static final long JVM_BASE = 192L << 20;
    private static final int SMALLEST = 16;

    /** File descriptors that are neither connections nor files of a log: libraries, the poller, the scratch files. */
    private static final int OTHER_FILES = 128;

    /** The pool allocates small and large buffers in slabs: of each kind one can be for a single buffer. */
    private static final long BEGUN_SLABS = 2L << 20;

    /** The JDK copies what buffers on the heap hold through buffers of its own: 64 KiB for each of the few carrier threads. */
    private static final long TRANSFERS = 4L << 20;

    /** What the machine and the process have. */
    public record Machine(long heapBytes, long directBytes, long memoryBytes, long openFiles) {}

    /**
     * The ceiling of a configuration on a machine.
     *
     * @throws SettingsException if it cannot hold
     */
    public static Ceiling of(Settings settings, int shards, LogOptions log, Machine machine) {
        long kernelEach = 2L * settings.sendBufferBytes() + 2L * settings.receiveBufferBytes();
        long users = shards * ChronicleUserStore.memoryBytes(settings.maxUsers(), DataFolder.USER_BYTES);
        long logs = shards * log.directBytes();
        long fixed =
                machine.heapBytes() + logs + users + JVM_BASE + settings.sharedBufferBytes() + BEGUN_SLABS + TRANSFERS;
        long assembly = Math.min(machine.heapBytes() / 8, 64L << 20);

        long byFiles = machine.openFiles() - OTHER_FILES - (long) shards * Log.MOST_FILES;
        long byHeap =
                (machine.heapBytes() - HEAP_BASE - assembly - 100L * settings.watchesTotal()) / HEAP_PER_CONNECTION;
        long direct = machine.directBytes() - logs - settings.sharedBufferBytes() - BEGUN_SLABS - TRANSFERS;
        long byDirect = direct / EdgeOptions.SMALL_BYTES_PER_CONNECTION;
        long byMemory = (machine.memoryBytes() - fixed) / (kernelEach + EdgeOptions.SMALL_BYTES_PER_CONNECTION);
        long most = Math.min(Math.min(byFiles, byHeap), Math.min(byDirect, byMemory));
        String limit = most == byFiles
                ? "the limit of open files (" + machine.openFiles() + ")"
                : most == byHeap
                        ? "a heap of " + Sizes.format(machine.heapBytes())
                        : most == byDirect
                                ? "direct memory of " + Sizes.format(machine.directBytes())
                                : "a machine of " + Sizes.format(machine.memoryBytes());
        int wanted = settings.maxConnections();
        if (most < Math.max(wanted, SMALLEST)) {
            throw new SettingsException((wanted == 0 ? "this configuration" : "max.connections=" + wanted)
                    + " cannot hold: " + limit + " allows " + Math.max(0, most)
                    + " connections; give it more, or lower max.users, shared.buffer.bytes or watches.total");
        }
        int connections = wanted == 0 ? (int) Math.min(most, 1_000_000) : wanted;
        long directAll = logs
                + settings.sharedBufferBytes()
                + BEGUN_SLABS
                + TRANSFERS
                + (long) connections * EdgeOptions.SMALL_BYTES_PER_CONNECTION;
        return new Ceiling(connections, machine.heapBytes(), directAll, users, connections * kernelEach, JVM_BASE);
    }

    /** Memory of the process, in bytes; what the kernel holds for it comes on top. */
    public long processBytes() {
        return heapBytes + directBytes + userBytes + baseBytes;
    }

    /** Memory for frames that are assembled on the heap, in bytes. */
    int assemblyBytes() {
        return (int) Math.min(heapBytes / 8, 64L << 20);
    }

    @Override
    public String toString() {
        return "memory ceiling " + Sizes.format(processBytes()) + " (heap " + Sizes.format(heapBytes) + ", buffers "
                + Sizes.format(directBytes) + ", users " + Sizes.format(userBytes) + ", JVM " + Sizes.format(baseBytes)
                + ") and " + Sizes.format(kernelBytes) + " of socket buffers, for " + connections + " connections";
    }
}
