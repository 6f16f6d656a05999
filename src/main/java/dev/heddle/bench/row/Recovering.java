package dev.heddle.bench.row;

import dev.heddle.bench.load.Mailing;
import dev.heddle.bench.load.Names;
import dev.heddle.bench.load.Traffic;
import dev.heddle.verify.process.ServerUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * A start after {@code kill -9}, with the default heap, where very many users have a message each, which the cleaner has copied
 * behind younger ones. It is no row of the table: it takes minutes, and a gigabyte of disk for some millions of users.
 */
public final class Recovering {
    private static final int SENDERS = 4;
    private static final int BYTES = 64;

    /** Of log, for each user: its state and its message. */
    private static final int LOG_BYTES_EACH = 256;

    /** So many times what waits is acknowledged at once beside it, so that most of the log is garbage and what waits is copied. */
    private static final int FLOOD_TIMES = 4;

    /** More than the segments that are not worth copying. */
    private static final long LEAST_FLOOD_BYTES = 512L << 20;

    /** Of log that a message of the flood takes. */
    private static final int FLOOD_BYTES = 160;

    private static final int FLOOD_SENDERS = 10;

    private static final double MIB = 1 << 20;

    /**
     * What it came to.
     *
     * @param seconds of the start, until logins are accepted
     * @param heapBytes at most, of each part of the heap for itself
     * @param residentBytes at most, of the process, from its start on; below 0: the system does not say
     */
    public record Result(long users, double seconds, long heapBytes, long residentBytes) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%,d users: recovered in %.1f s, at most %.0f MiB of heap, %.0f MiB resident",
                    users,
                    seconds,
                    heapBytes / MIB,
                    residentBytes / MIB);
        }
    }

    private Recovering() {}

    /** Measures it once. */
    public static Result measure(Rig rig, long users) throws IOException, InterruptedException {
        long floodBytes = Math.max(LEAST_FLOOD_BYTES, FLOOD_TIMES * users * LOG_BYTES_EACH);
        ServerUnderTest.Setup setup = ServerUnderTest.Setup.DEFAULT
                .with("max.users=" + (users + users / 8 + 1000))
                .with("log.bytes=" + 2 * floodBytes)
                // A receiver may be behind.
                .with("inbox.messages=100000000")
                .with("inbox.bytes=" + floodBytes);
        ServerUnderTest server = rig.keep(ServerUnderTest.startUnwatched(rig.launch(), rig.path(), setup));
        for (long from = 0; from < users; from += Names.MOST) {
            int some = (int) Math.min(Names.MOST, users - from);
            String name = "known" + from / Names.MOST;
            try (Mailing mailing = new Mailing(server.port(), name, SENDERS, some, BYTES)) {
                mailing.send(Math.ceilDiv(some, SENDERS));
            }
        }
        // So much that is acknowledged at once that what waits has to be copied.
        try (Traffic traffic = FanIn.traffic(server)) {
            long each = floodBytes / FLOOD_BYTES / FLOOD_SENDERS;
            traffic.run(each);
        }
        server.kill();
        Duration took = server.restart();
        long resident = residentAtMost(server.pid());
        try (ServerJvm jvm = ServerJvm.attach(server.pid())) {
            return new Result(users, took.toNanos() / 1e9, jvm.mostHeapBytes(), resident);
        }
    }

    private static long residentAtMost(long pid) throws IOException {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        if (!Files.isReadable(status)) {
            return -1;
        }
        String most = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .findFirst()
                .orElse("0")
                .replaceAll("[^0-9]", "");
        return Long.parseLong(most) * 1024;
    }
}
