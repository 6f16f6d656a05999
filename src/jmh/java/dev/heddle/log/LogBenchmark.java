package dev.heddle.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The log on a real folder, records of 100 bytes. Throughput is in records, except for opening. */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls open() first
public class LogBenchmark {
    private static final int PAYLOAD_BYTES = 100;
    private static final int RECORD_BYTES = 112;
    private static final int BATCH = (64 << 10) / RECORD_BYTES;
    private static final int READ_RECORDS = BATCH * 700;
    private static final long BIG_LOG_BYTES = 256L << 20;
    private static final long MOST_BYTES = 1L << 30;
    private static final LogOptions OPTIONS = LogOptions.defaults(42);
    private static final RecordVisitor NOBODY = (_, _, _, _, _) -> {};

    private final byte[] payload = new byte[PAYLOAD_BYTES];

    private Path folder;
    private Log log;
    private final long[] positions = new long[READ_RECORDS];
    private int next;

    @Setup(Level.Trial)
    public void open() throws IOException {
        folder = Files.createTempDirectory(Path.of(System.getProperty("heddle.bench.folder", "/tmp")), "heddle-log");
        log = Log.open(new FileDisk(folder.resolve("append")), OPTIONS, NOBODY);
        for (int i = 0; i < READ_RECORDS; i++) {
            if (i % BATCH == 0) {
                log.write();
            }
            log.claim(PAYLOAD_BYTES).put(payload);
            positions[i] = log.commit(1);
        }
        log.write();
        try (Log big = Log.open(new FileDisk(folder.resolve("big")), OPTIONS, NOBODY)) {
            while (big.written() < BIG_LOG_BYTES) {
                appendBatch(big);
            }
        }
    }

    @TearDown(Level.Trial)
    public void delete() throws IOException {
        log.close();
        try (var paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void appendAndWrite() throws IOException {
        appendBatch(log);
        stayBounded();
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void appendWriteAndForce() throws IOException {
        appendBatch(log);
        force();
        stayBounded();
    }

    /** 45 MB of records one after the other, then again. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long readInOrder() throws IOException {
        long sum = 0;
        for (int i = 0; i < BATCH; i++) {
            ByteBuffer record = log.read(positions[next++], PAYLOAD_BYTES);
            sum += record.get(record.position());
        }
        next = next == READ_RECORDS ? 0 : next;
        return sum;
    }

    /** Verifies and replays 256 MiB from the page cache; operations are whole logs. */
    @Benchmark
    public void openBigLog() throws IOException {
        Log.open(new FileDisk(folder.resolve("big")), OPTIONS, NOBODY).close();
    }

    private void appendBatch(Log to) throws IOException {
        for (int i = 0; i < BATCH; i++) {
            to.claim(PAYLOAD_BYTES).put(payload);
            to.commit(1);
        }
        to.write();
    }

    private void stayBounded() throws IOException {
        if (log.bytes() > MOST_BYTES) {
            log.drop(log.segments().getFirst().base(), true);
            force();
        }
    }

    private void force() throws IOException {
        ForceRequest request = log.beginForce();
        request.run();
        log.forced(request);
    }
}
