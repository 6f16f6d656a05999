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

/** SENDs of 100 bytes into a shard, a cycle of 32 at a time with its write to the log. Throughput is in messages. */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls open() first
public class ShardBenchmark {
    private static final int CYCLE = 32;
    private static final byte[] BODY = new byte[100];
    private static final byte[] OFFLINE = BenchShard.name("bob");
    private static final byte[] ONLINE = BenchShard.name("carol");

    private final ByteBuffer frames = ByteBuffer.allocateDirect(64 * 1024);
    private BenchShard shard;
    private Session sender;
    private Deaf receiver;
    private long id;

    /** A new shard for each iteration: what is sent to nobody stays. */
    @Setup(Level.Iteration)
    public void open() throws IOException {
        shard = new BenchShard();
        sender = shard.login(new Deaf(), "alice");
        receiver = new Deaf();
        shard.login(receiver, "carol");
        id = sender.firstId();
    }

    @TearDown(Level.Iteration)
    public void close() throws IOException {
        shard.close();
    }

    @Benchmark
    @OperationsPerInvocation(CYCLE)
    public void sendToSomebodyOffline() {
        send(OFFLINE);
        shard.cycle();
    }

    /** The recipient takes each message at once, and acknowledges each cycle's last one. */
    @Benchmark
    @OperationsPerInvocation(CYCLE)
    public long sendToSomebodyOnline() {
        send(ONLINE);
        frames.clear();
        ClientFrames.ack(frames, receiver.lastSeq);
        shard.apply(receiver.session(), frames);
        shard.cycle();
        return receiver.lastSeq;
    }

    private void send(byte[] recipient) {
        frames.clear();
        for (int i = 0; i < CYCLE; i++) {
            ClientFrames.send(frames, id++, recipient, BODY);
        }
        shard.apply(sender, frames);
    }
}
