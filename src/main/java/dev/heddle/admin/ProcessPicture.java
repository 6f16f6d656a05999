package dev.heddle.admin;

import com.sun.management.GarbageCollectorMXBean;
import com.sun.management.GcInfo;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the process uses, as the JVM and the operating system count it; -1 where they do not say.
 *
 * @param residentBytes memory of the process that is in memory
 * @param heapBytes used, garbage included
 * @param heapLiveBytes used after the latest collection; -1 before the first
 * @param directBytes of direct buffers
 * @param cpuNanos processor time since it began
 * @param processors that it may use
 */
record ProcessPicture(
        long residentBytes, long heapBytes, long heapLiveBytes, long directBytes, long cpuNanos, int processors) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";

    // Looked up once: finding them takes longer than asking them.
    private static final @Nullable UnixOperatingSystemMXBean SYSTEM =
            ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system ? system : null;
    private static final MemoryMXBean MEMORY = ManagementFactory.getMemoryMXBean();
    private static final List<GarbageCollectorMXBean> COLLECTORS =
            ManagementFactory.getPlatformMXBeans(GarbageCollectorMXBean.class);
    private static final List<BufferPoolMXBean> DIRECT =
            ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                    .filter(pool -> pool.getName().equals("direct"))
                    .toList();
    private static final Set<String> HEAP = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getName)
            .collect(Collectors.toSet());

    static ProcessPicture take() {
        return new ProcessPicture(
                measureResidentBytes(),
                MEMORY.getHeapMemoryUsage().getUsed(),
                measureHeapLiveBytes(),
                measureDirectBytes(),
                SYSTEM == null ? -1 : SYSTEM.getProcessCpuTime(),
                Runtime.getRuntime().availableProcessors());
    }

    /** Sockets included, -1 if unknown. They are counted one by one, so only for who asks. */
    static long openFiles() {
        return SYSTEM == null ? -1 : SYSTEM.getOpenFileDescriptorCount();
    }

    private static long measureDirectBytes() {
        return DIRECT.stream().mapToLong(BufferPoolMXBean::getMemoryUsed).sum();
    }

    private static long measureHeapLiveBytes() {
        return COLLECTORS.stream()
                .map(GarbageCollectorMXBean::getLastGcInfo)
                .filter(info -> info != null)
                .max(Comparator.comparingLong(GcInfo::getEndTime))
                .map(info -> info.getMemoryUsageAfterGc().entrySet().stream()
                        .filter(pool -> HEAP.contains(pool.getKey()))
                        .map(Map.Entry::getValue)
                        .mapToLong(MemoryUsage::getUsed)
                        .sum())
                .orElse(-1L);
    }

    private static long measureResidentBytes() {
        if (!Files.isReadable(STATUS)) {
            return -1;
        }
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith(RESIDENT)) {
                    return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
        } catch (IOException | NumberFormatException unknown) {
            // Said below.
        }
        return -1;
    }
}
