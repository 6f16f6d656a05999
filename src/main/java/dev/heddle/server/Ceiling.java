package dev.heddle.server;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import dev.heddle.admin.AdminPort;
import dev.heddle.config.ConnectionSettings;
import dev.heddle.config.Settings;
import dev.heddle.config.SettingsException;
import dev.heddle.config.Sizes;
import dev.heddle.edge.EdgeOptions;
import dev.heddle.events.Event;
import dev.heddle.events.EventLog;
import dev.heddle.legacy.LegacyPort;
import dev.heddle.log.Log;
import dev.heddle.log.LogOptions;
import dev.heddle.presence.ChronicleUserStore;
import java.lang.management.ManagementFactory;
import java.util.Comparator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
    private static final Logger LOG = LoggerFactory.getLogger(Ceiling.class);

    /** Heap of one logged-in connection with its buffers' objects, session and user; measured, rounded up. */
    static final int HEAP_PER_CONNECTION = 6 * 1024;

    /**
     * What TLS adds to it, at most, which is in a handshake that stops half way after a ClientHello that offers all it may;
     * measured, rounded up. A message that is not whole comes on top.
     */
    static final int HEAP_PER_TLS = 24 * 1024;

    /** Of a user whom nobody knows but who watches, with the longest name. */
    private static final long HEAP_PER_WATCH = 480;

    /** Heap that does not depend on connections: rings, residents, caches. */
    private static final long HEAP_BASE = 48L << 20;

    private static final long JVM_BASE = 192L << 20;
    private static final int SMALLEST = 16;

    /** File descriptors that are neither connections nor files of a log: libraries, the poller, the scratch files, and the
     * connections of operators. */
    static final int OTHER_FILES = 128 + AdminPort.MOST_CONNECTIONS;

    /** The pool allocates small and large buffers in slabs: of each kind one can be for a single buffer. */
    private static final long BEGUN_SLABS = 2L << 20;

    /** The JDK copies what buffers on the heap hold through buffers of its own: 64 KiB for each of the few
     * carrier threads; and a drain writes its checkpoint through one of a MiB. */
    private static final long TRANSFERS = 8L << 20;

    /**
     * What the machine and the process have.
     *
     * @param handshakeBytes the largest message of a TLS handshake that the JDK takes
     */
    public record Machine(long heapBytes, long directBytes, long memoryBytes, long openFiles, int handshakeBytes) {
        /** Of a JDK that was not told another one. */
        private static final int USUAL_HANDSHAKE_BYTES = 32 * 1024;

        /** Those that this runs on and in. */
        static Machine here() {
            var system = ManagementFactory.getOperatingSystemMXBean();
            long files = system instanceof UnixOperatingSystemMXBean unix ? unix.getMaxFileDescriptorCount() : 1024;
            long memory = system instanceof OperatingSystemMXBean known ? known.getTotalMemorySize() : Long.MAX_VALUE;
            long heap = Runtime.getRuntime().maxMemory();
            String direct = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .getVMOption("MaxDirectMemorySize")
                    .getValue();
            long directBytes = Long.parseLong(direct) == 0 ? heap : Long.parseLong(direct);
            int handshake = Integer.getInteger("jdk.tls.maxHandshakeMessageSize", USUAL_HANDSHAKE_BYTES);
            return new Machine(heap, directBytes, memory, files, handshake);
        }
    }

    /** How many connections one thing allows. */
    private record Limit(long connections, String what, String advice) {}

    /**
     * The ceiling of a configuration on a machine.
     *
     * @throws SettingsException if it cannot hold
     */
    public static Ceiling of(Settings settings, int shards, LogOptions log, Machine machine) {
        ConnectionSettings sockets = settings.connections();
        boolean tls = settings.tls().isOn();
        // Any of them may be a legacy client's, or so many.
        boolean anyLegacy = settings.legacy().isOn() && settings.legacy().most() == 0;
        long someLegacy = settings.legacy().isOn() ? settings.legacy().most() : 0;
        long heapEach = HEAP_PER_CONNECTION;
        long directEach = EdgeOptions.smallBytesPerConnection(tls);
        if (tls) {
            heapEach += (long) HEAP_PER_TLS + machine.handshakeBytes();
        }
        if (anyLegacy) {
            heapEach += LegacyPort.HEAP_BYTES;
            directEach += EdgeOptions.CODEC_BYTES;
        }
        long legacyDirect = someLegacy * EdgeOptions.CODEC_BYTES;
        long kernelEach = 2L * sockets.sendBufferBytes() + 2L * sockets.receiveBufferBytes();
        long users = shards * ChronicleUserStore.memoryBytes(settings.storage().maxUsers(), DataFolder.USER_BYTES);
        long logs = shards * log.directBytes();
        long shared = logs + sockets.sharedBufferBytes() + BEGUN_SLABS + TRANSFERS + legacyDirect;
        long fixed = machine.heapBytes() + users + JVM_BASE + shared;
        long assembly = Math.min(machine.heapBytes() / 8, 64L << 20);

        long heap = machine.heapBytes()
                - HEAP_BASE
                - assembly
                - someLegacy * LegacyPort.HEAP_BYTES
                - HEAP_PER_WATCH * settings.watches().total();
        long direct = machine.directBytes() - shared;
        String lowerLegacy = settings.legacy().isOn() ? ", or legacy.connections" : "";
        Limit tightest = Stream.of(
                        new Limit(
                                machine.openFiles() - OTHER_FILES - (long) shards * Log.MOST_FILES,
                                "the limit of open files (" + machine.openFiles() + ")",
                                "raise it (ulimit -n), or lower shards"),
                        new Limit(
                                heap / heapEach,
                                "a heap of " + Sizes.format(machine.heapBytes()),
                                "give it more (--heap), or lower watches.total" + lowerLegacy),
                        new Limit(
                                direct / directEach,
                                "direct memory of " + Sizes.format(machine.directBytes()),
                                "give it more (--heap sets it, too), or lower shared.buffer.bytes" + lowerLegacy),
                        new Limit(
                                (machine.memoryBytes() - fixed) / (kernelEach + directEach),
                                "a machine of " + Sizes.format(machine.memoryBytes()),
                                "lower --heap, max.users, shared.buffer.bytes or the sockets' buffers"))
                .min(Comparator.comparingLong(Limit::connections))
                .orElseThrow();
        long most = tightest.connections;
        int wanted = sockets.most();
        if (most < Math.max(wanted, SMALLEST)) {
            throw new SettingsException((wanted == 0 ? "this configuration" : "max.connections=" + wanted)
                    + " cannot hold: " + tightest.what + " allows " + Math.max(0, most) + " connections; "
                    + tightest.advice);
        }
        int connections = wanted == 0 ? (int) Math.min(most, 1_000_000) : wanted;
        long directAll = shared + connections * directEach;
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

    void tell(EventLog events) {
        events.at(LOG, Event.CEILING)
                .addKeyValue("bytes", processBytes())
                .addKeyValue("heap_bytes", heapBytes)
                .addKeyValue("buffer_bytes", directBytes)
                .addKeyValue("user_bytes", userBytes)
                .addKeyValue("socket_bytes", kernelBytes)
                .addKeyValue("connections", connections)
                .log();
    }

    @Override
    public String toString() {
        return "memory ceiling " + Sizes.format(processBytes()) + " (heap " + Sizes.format(heapBytes) + ", buffers "
                + Sizes.format(directBytes) + ", users " + Sizes.format(userBytes) + ", JVM " + Sizes.format(baseBytes)
                + ") and " + Sizes.format(kernelBytes) + " of socket buffers, for " + connections + " connections";
    }
}
