package dev.heddle.server;

import dev.heddle.client.ClientOptions;
import dev.heddle.client.HeddleClient;
import dev.heddle.client.Listener;
import dev.heddle.client.Receipt;
import dev.heddle.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A start after a crash, from the first file opened to the first login accepted, on a log of 1 GiB whose messages all still
 * wait. One shot each: a real start is cold too, but for the kernel's page cache.
 */
@State(Scope.Benchmark)
@Fork(value = 3, jvmArgsAppend = "-Xmx512m")
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls fill() first
public class RecoveryBenchmark {
    private static final long LOG_BYTES = 1L << 30;
    private static final int RECORD_OVERHEAD = 60;
    private static final int INBOXES = 16;

    /** Bytes of a message. */
    @Param({"100", "1000"})
    private int body;

    private Path folder;
    private Settings settings;
    private Server server;

    @Setup
    public void fill() throws Exception {
        folder = Files.createTempDirectory(
                Path.of(System.getProperty("heddle.bench.folder", "/tmp")), "heddle-recovery");
        settings = Settings.of(Map.of("port", "0", "data", folder.toString(), "max.connections", "100", "sync", "os"));
        server = Server.start(settings, line -> {});
        ClientOptions options = ClientOptions.of("sender")
                .at("127.0.0.1", server.address().getPort())
                .withUnaccepted(20_000, 32 << 20);
        try (HeddleClient client = HeddleClient.open(options, new Listener() {})) {
            CompletableFuture<Receipt> last = CompletableFuture.failedFuture(new IOException("nothing was sent"));
            byte[] message = new byte[body];
            for (long bytes = 0, i = 0; bytes < LOG_BYTES; bytes += body + RECORD_OVERHEAD, i++) {
                last = client.send("inbox-" + i % INBOXES, message);
            }
            if (last.get(60, TimeUnit.SECONDS) instanceof Receipt.Rejected rejected) {
                throw new IllegalStateException(rejected.toString());
            }
        }
        server.close();
    }

    @Benchmark
    public Server start() throws Exception {
        server = Server.start(settings, System.out::println);
        return server;
    }

    @TearDown
    public void clear() throws IOException {
        server.close();
        try (var paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
