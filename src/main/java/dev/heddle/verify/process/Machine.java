package dev.heddle.verify.process;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What a run happens on. Stateless. */
public final class Machine {
    private static final double GIB = 1 << 30;

    /** Kernel limits that decide how many connections and how much unread data there can be. */
    private static final List<String> KERNEL = List.of(
            "fs.file-max",
            "fs.nr_open",
            "net.core.somaxconn",
            "net.ipv4.ip_local_port_range",
            "net.ipv4.tcp_mem",
            "net.ipv4.tcp_rmem",
            "net.ipv4.tcp_wmem",
            "net.ipv4.tcp_max_syn_backlog",
            "vm.max_map_count");

    private Machine() {}

    public static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    /** Open files that a process may have; the JVM raises the soft limit to the hard one by itself. */
    public static long openFiles() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : 1024;
    }

    public static long memoryBytes() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean known
                ? known.getTotalMemorySize()
                : 0;
    }

    /** Names and values to show; {@code folder} is where data will be. */
    public static Map<String, String> describe(Path folder) throws IOException {
        Map<String, String> machine = new LinkedHashMap<>();
        machine.put(
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                        + System.getProperty("os.arch"));
        machine.put("processor", processor() + ", " + cores() + " cores");
        machine.put("memory", String.format(Locale.ROOT, "%.1f GiB", memoryBytes() / GIB));
        machine.put("open files a process", Long.toString(openFiles()));
        Files.createDirectories(folder);
        var store = Files.getFileStore(folder);
        machine.put(
                "disk", String.format(Locale.ROOT, "%s, %.1f GiB free", store.type(), store.getUsableSpace() / GIB));
        machine.put("JVM", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        for (String name : KERNEL) {
            String value = kernel(name);
            if (!value.isEmpty()) {
                machine.put(name, value);
            }
        }
        return machine;
    }

    /** A kernel setting; empty where there is none of that name. */
    public static String kernel(String name) throws IOException {
        Path file = Path.of("/proc/sys", name.replace('.', '/'));
        if (!Files.isReadable(file)) {
            String said = name.startsWith("kern.") ? said(Path.of("."), "sysctl", "-n", name) : "";
            return said.equals("unknown") ? "" : said;
        }
        // In one large read: these files have no second part.
        try (var reader = Files.newBufferedReader(file)) {
            String line = reader.readLine();
            return line == null ? "" : line.strip().replaceAll("\\s+", " ");
        }
    }

    private static String processor() throws IOException {
        Path info = Path.of("/proc/cpuinfo");
        if (Files.isReadable(info)) {
            for (String line : Files.readAllLines(info)) {
                if (line.startsWith("model name")) {
                    return line.substring(line.indexOf(':') + 1).strip();
                }
            }
        }
        return said(Path.of("."), "sysctl", "-n", "machdep.cpu.brand_string");
    }

    /**
     * The commit of the project's folder, with {@code +} behind it if something is not committed; an installation without a
     * repository may have it in a file COMMIT.
     */
    public static String commit(Path home) throws IOException {
        Path file = home.resolve("COMMIT");
        if (Files.isReadable(file)) {
            return Files.readString(file).strip();
        }
        String commit = said(home, "git", "rev-parse", "--short=12", "HEAD");
        return commit.equals("unknown")
                        || said(home, "git", "status", "--porcelain").equals("unknown")
                ? commit
                : commit + "+";
    }

    private static String said(Path folder, String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            boolean ended = process.waitFor(5, TimeUnit.SECONDS);
            return ended && process.exitValue() == 0 && !text.isEmpty()
                    ? text.lines().findFirst().orElse("")
                    : "unknown";
        } catch (IOException absent) {
            return "unknown";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }
}
