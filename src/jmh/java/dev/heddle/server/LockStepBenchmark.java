package dev.heddle.server;

import dev.heddle.config.Settings;
import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.FrameCursor;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.ServerFrame;
import dev.heddle.wire.ServerFrames;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
 * One message at a time through a whole server over loopback, from the sender's write to the end of the recipient's read; then
 * the recipient's ACK, and the sender's wait for ACCEPTED, which are counted too. Both clients are one thread.
 */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls open() first
public class LockStepBenchmark {
    private static final byte[] SENDER = "alice".getBytes(StandardCharsets.UTF_8);
    private static final byte[] RECIPIENT = "bob".getBytes(StandardCharsets.UTF_8);
    private static final byte[] BODY = new byte[100];

    /** What ACCEPTED waits for. */
    @Param({"os", "always"})
    private String sync;

    private final ByteBuffer out = ByteBuffer.allocateDirect(1024);
    private final ByteBuffer in = ByteBuffer.allocateDirect(1024);
    private final FrameCursor cursor = new FrameCursor(Protocol.DEFAULT_FRAME_LIMIT);
    private final ServerFrame frame = new ServerFrame();
    private Path folder;
    private Server server;
    private SocketChannel sender;
    private SocketChannel recipient;
    private long id;

    @Setup(Level.Trial)
    public void open() throws Exception {
        folder = Files.createTempDirectory(
                Path.of(System.getProperty("heddle.bench.folder", "/tmp")), "heddle-lockstep");
        server = Server.start(
                Settings.of(Map.of(
                        "port",
                        "0",
                        "data",
                        folder.toString(),
                        "max.connections",
                        "100",
                        "max.users",
                        "1000",
                        "sync",
                        sync)),
                line -> {});
        recipient = login(RECIPIENT);
        sender = login(SENDER);
        id = frame.firstId();
    }

    private SocketChannel login(byte[] user) throws IOException {
        SocketChannel channel = SocketChannel.open(server.address());
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        ClientFrames.login(out.clear(), user, 0, new byte[0]);
        write(channel);
        read(channel, ServerFrames.WELCOME_BYTES);
        return channel;
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        sender.close();
        recipient.close();
        server.close();
        try (var paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Benchmark
    public long oneMessage() throws IOException {
        ClientFrames.send(out.clear(), id, RECIPIENT, BODY);
        write(sender);
        read(recipient, ServerFrames.deliverSize(SENDER.length, BODY.length));
        ClientFrames.ack(out.clear(), frame.seq());
        write(recipient);
        read(sender, ServerFrames.ACCEPTED_BYTES);
        return id++;
    }

    private void write(SocketChannel channel) throws IOException {
        out.flip();
        while (out.hasRemaining()) {
            channel.write(out);
        }
    }

    private void read(SocketChannel channel, int bytes) throws IOException {
        in.clear().limit(bytes);
        while (in.hasRemaining()) {
            if (channel.read(in) < 0) {
                throw new EOFException();
            }
        }
        cursor.wrap(in, 0, bytes);
        if (cursor.next() != FrameCursor.Step.FRAME
                || !frame.parse(in, cursor.type(), cursor.bodyStart(), cursor.bodyEnd())) {
            throw new IOException("not the frame that was waited for");
        }
    }
}
