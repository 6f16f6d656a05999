package dev.heddle.routing;

import dev.heddle.log.FileDisk;
import dev.heddle.log.LogOptions;
import dev.heddle.presence.ChronicleUserStore;
import dev.heddle.shard.Allowance;
import dev.heddle.shard.Outcome;
import dev.heddle.shard.Shard;
import dev.heddle.shard.ShardFolder;
import dev.heddle.shard.ShardOptions;
import dev.heddle.shard.SlotMemory;
import dev.heddle.wire.Protocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** One command through a shard's ring and back to who submitted it: the time of a hop, without any work in it. */
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls open() first
public class RingBenchmark {
    /** A command that does nothing; its submitter waits for it. */
    @State(Scope.Thread)
    public static class Hop implements Command {
        private final Thread waits = Thread.currentThread();
        private boolean resident;
        private volatile boolean over;

        @Override
        public Outcome run(Turn turn) {
            return resident && !turn.mayLoad() ? Outcome.NEEDS_STORE : Outcome.DONE;
        }

        @Override
        public void finished(Outcome outcome) {
            over = true;
            if (!waits.equals(Thread.currentThread())) {
                LockSupport.unpark(waits);
            }
        }

        void through(ShardLoop loop, boolean byResident) {
            resident = byResident;
            over = false;
            if (!loop.submit(this)) {
                throw new IllegalStateException("the ring is full");
            }
            while (!over) {
                LockSupport.park(this);
            }
        }
    }

    private Path path;
    private ChronicleUserStore users;
    private ShardFolder folder;
    private ShardLoop loop;

    @Setup(Level.Trial)
    public void open() throws IOException {
        path = Files.createTempDirectory(Path.of(System.getProperty("heddle.bench.folder", "/tmp")), "heddle-ring");
        users = ChronicleUserStore.create("bench", 16, Shard.USER_IMAGE_BYTES);
        ShardOptions options =
                new ShardOptions(1, 1, 1, 1 << 30, Protocol.DEFAULT_FRAME_LIMIT, 16, 0, 0, Allowance.UNLIMITED, false);
        folder = ShardFolder.open(
                new FileDisk(path),
                LogOptions.defaults(42),
                options,
                users,
                () -> ByteBuffer.allocateDirect(SlotMemory.CHUNK_BYTES),
                7,
                System.currentTimeMillis());
        folder.begin();
        loop = new ShardLoop(
                "heddle-bench",
                folder.shard(),
                Protocol.DEFAULT_FRAME_LIMIT,
                1024,
                System::currentTimeMillis,
                System::nanoTime,
                Throwable::printStackTrace);
        loop.start();
    }

    @TearDown(Level.Trial)
    public void close() throws IOException, InterruptedException {
        loop.close();
        folder.close();
        users.close();
        try (var paths = Files.walk(path)) {
            for (Path each : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    /** The shard is free: who submits works. */
    @Benchmark
    public void asGuest(Hop hop) {
        hop.through(loop, false);
    }

    /** Two submit at once: one of them works for both. */
    @Benchmark
    @Threads(2)
    public void asGuestOfTwo(Hop hop) {
        hop.through(loop, false);
    }

    /** The resident owner has to be woken, and wakes who waits. */
    @Benchmark
    public void byTheResidentOwner(Hop hop) {
        hop.through(loop, true);
    }
}
