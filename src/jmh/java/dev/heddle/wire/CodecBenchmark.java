package dev.heddle.wire;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Frames as bytes: SENDs of 64 bytes found and read in a full buffer of 64 KiB, DELIVERs of the same size written into one. */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class CodecBenchmark {
    private static final int FRAMES = 700;
    private static final byte[] BOB = {'b', 'o', 'b'};

    private final byte[] body = new byte[64];
    private final ByteBuffer sends = ByteBuffer.allocateDirect(64 * 1024);
    private final ByteBuffer delivers = ByteBuffer.allocateDirect(128 * 1024);
    private final FrameCursor cursor = new FrameCursor(Protocol.DEFAULT_FRAME_LIMIT);
    private final ClientFrame frame = new ClientFrame();

    @Setup
    public void fill() {
        for (int id = 1; id <= FRAMES; id++) {
            ClientFrames.send(sends, id, BOB, body);
        }
    }

    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public long read() {
        long sum = 0;
        cursor.wrap(sends, 0, sends.position());
        while (cursor.next() == FrameCursor.Step.FRAME) {
            if (frame.parse(sends, cursor.type(), cursor.bodyStart(), cursor.bodyEnd()) && frame.nameValid()) {
                sum += frame.id();
            }
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public ByteBuffer write() {
        delivers.clear();
        for (int seq = 1; seq <= FRAMES; seq++) {
            ServerFrames.deliverHeader(delivers, seq, seq, 0, 0, BOB.length, body.length);
            delivers.put(BOB).put(body);
        }
        return delivers;
    }
}
