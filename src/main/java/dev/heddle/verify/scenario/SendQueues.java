package dev.heddle.verify.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What the kernel holds for sockets whose other end does not read; from Linux' {@code /proc/net/tcp}. Stateless. */
final class SendQueues {
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));

    private static final int LOCAL_ADDRESS = 1;
    private static final int QUEUES = 4;

    private SendQueues() {}

    /** How many connections of a local port have bytes that the other end has not taken; -1 where nobody knows. */
    static int full(int port) throws IOException {
        int count = -1;
        for (Path table : TABLES) {
            if (Files.isReadable(table)) {
                count = Math.max(count, 0);
                try (Stream<String> lines = Files.lines(table)) {
                    count += (int) lines.filter(line -> isFull(line, port)).count();
                }
            }
        }
        return count;
    }

    /** A line such as {@code 0: 0100007F:1CE8 0100007F:A2C4 01 00000A00:00000000 ...}: the queue to send stands before the colon. */
    static boolean isFull(String line, int port) {
        String[] fields = line.strip().split("\\s+", -1);
        return fields.length > QUEUES
                && fields[LOCAL_ADDRESS].endsWith(String.format(Locale.ROOT, ":%04X", port))
                && !fields[QUEUES].startsWith("00000000:");
    }
}
