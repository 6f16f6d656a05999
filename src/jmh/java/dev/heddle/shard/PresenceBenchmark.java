package dev.heddle.shard;

import dev.heddle.wire.ClientFrames;
import java.io.IOException;
import java.nio.ByteBuffer;
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

/** QUERYs to a shard that knows 100,000 users, a cycle of 32 at a time. Throughput is in queries. */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls open() first
public class PresenceBenchmark {
    private static final int CYCLE = 32;

    /** Prime to the number of users, so that neighbours in the names are none in time. */
    private static final int STRIDE = 7919;

    private final ByteBuffer frames = ByteBuffer.allocateDirect(64 * 1024);
    private final byte[] image =
            ByteBuffer.allocate(Shard.USER_IMAGE_BYTES).putLong(0, 1).array();
    private BenchShard shard;
    private Deaf asking;
    private byte[][] names;
    private int next;

    @Setup(Level.Trial)
    public void open() throws IOException {
        shard = new BenchShard();
        asking = new Deaf();
        shard.login(asking, "alice");
        names = new byte[BenchShard.USERS][];
        for (int i = 0; i < names.length; i++) {
            names[i] = BenchShard.name("user-" + i);
            shard.users().add(names[i], image);
        }
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        shard.close();
    }

    @Benchmark
    @OperationsPerInvocation(CYCLE)
    public long querySomebodyResident() {
        frames.clear();
        for (int i = 0; i < CYCLE; i++) {
            ClientFrames.query(frames, i, asking.session().user.name);
        }
        return answer();
    }

    @Benchmark
    @OperationsPerInvocation(CYCLE)
    public long querySomebodyFromTheStore() {
        frames.clear();
        for (int i = 0; i < CYCLE; i++) {
            next = (next + STRIDE) % names.length;
            ClientFrames.query(frames, i, names[next]);
        }
        return answer();
    }

    @Benchmark
    @OperationsPerInvocation(CYCLE)
    public int writeTheStore() {
        for (int i = 0; i < CYCLE; i++) {
            next = (next + STRIDE) % names.length;
            shard.users().replace(names[next], image);
        }
        return next;
    }

    private long answer() {
        shard.apply(asking.session(), frames);
        shard.cycle();
        return asking.said;
    }
}
