package dev.heddle.edge;

import dev.heddle.auth.Authenticator;
import dev.heddle.events.EventLog;
import dev.heddle.log.Disk;
import dev.heddle.log.FileDisk;
import dev.heddle.log.LogOptions;
import dev.heddle.presence.UserStore;
import dev.heddle.routing.Router;
import dev.heddle.routing.ShardLoop;
import dev.heddle.shard.Allowance;
import dev.heddle.shard.ShardFolder;
import dev.heddle.shard.ShardOptions;
import dev.heddle.sim.MapUserStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An edge on one shard or several, its time in the test's hands. Nothing of it runs before {@link #start}; the test's thread
 * only.
 */
final class EdgeRig implements AutoCloseable {
    static final int FRAME_LIMIT = 256 * 1024;
    static final int LOGIN_SECONDS = 10;
    static final int HEARTBEAT_SECONDS = 60;

    private static final int LARGE_BUFFERS = 47;
    private static final long WALL = 1_700_000_000_000L;

    final AtomicLong nanos = new AtomicLong();
    final AtomicInteger cycles = new AtomicInteger();
    volatile String latestOwner = "";
    final List<Throwable> failures = new ArrayList<>();
    final ShardFolder folder;
    final ShardLoop loop;
    final Router router;
    final Edge edge;

    /** Names that the store was told of ahead, and a | where it was to fetch them; the shard's owner's. */
    final List<String> expected = new ArrayList<>();

    private final MapUserStore store = new MapUserStore(1000) {
        @Override
        public void expect(ByteBuffer source, int start, int length) {
            byte[] name = new byte[length];
            source.get(start, name);
            expected.add(new String(name, StandardCharsets.UTF_8));
        }

        @Override
        public void fetch() {
            expected.add("|");
        }
    };

    private final List<ShardFolder> folders = new ArrayList<>();
    private final List<ShardLoop> loops = new ArrayList<>();

    /** Time goes as far as the test says, also at once. */
    EdgeRig(Path path) throws IOException {
        this(path, Long.MAX_VALUE);
    }

    /** @param mostStepNanos how far time goes on without a tick of the poller */
    EdgeRig(Path path, long mostStepNanos) throws IOException {
        this(List.of(new FileDisk(path)), 10, mostStepNanos);
    }

    /** @param disks of its shards */
    EdgeRig(List<? extends Disk> disks, int connections) throws IOException {
        this(disks, connections, Long.MAX_VALUE);
    }

    private EdgeRig(List<? extends Disk> disks, int connections, long mostStepNanos) throws IOException {
        LogOptions log = new LogOptions(1 << 20, 512 << 10, FRAME_LIMIT + 1024, 4096, 7);
        ShardOptions options = new ShardOptions(
                10_000, 1 << 28, 1_000_000_000L, 1 << 28, FRAME_LIMIT, 16, 5, 100, Allowance.UNLIMITED, true);
        for (Disk disk : disks) {
            UserStore users = folders.isEmpty() ? store : new MapUserStore(1000);
            ShardFolder opened =
                    ShardFolder.open(disk, log, options, users, () -> ByteBuffer.allocate(1 << 20), 1, WALL);
            opened.begin();
            folders.add(opened);
            loops.add(loop(opened));
        }
        folder = folders.getFirst();
        loop = loops.getFirst();
        router = new Router(loops);
        EdgeOptions edgeOptions = new EdgeOptions(
                connections,
                FRAME_LIMIT,
                LOGIN_SECONDS,
                HEARTBEAT_SECONDS,
                16 << 10,
                16 << 10,
                LARGE_BUFFERS,
                4 << 20,
                AddressLimits.NONE);
        edge = new Edge(
                edgeOptions,
                router,
                Authenticator.ANYBODY,
                new EdgeClock(nanos::get, mostStepNanos),
                new EventLog(),
                List.of(new Port(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null)));
    }

    private ShardLoop loop(ShardFolder opened) {
        return new ShardLoop(
                "test-shard",
                opened.shard(),
                FRAME_LIMIT,
                1024,
                () -> {
                    cycles.incrementAndGet();
                    latestOwner = Thread.currentThread().getName();
                    return WALL;
                },
                nanos::get,
                failures::add);
    }

    void start() {
        loops.forEach(ShardLoop::start);
        edge.start();
    }

    /** A connection without a reader. */
    Connection connection(SocketPair sockets) throws IOException {
        Connection connection =
                new Connection(edge, sockets.server(), Origin.FREE, null, null, 2 * HEARTBEAT_SECONDS, 0);
        edge.poller().register(connection);
        connection.dispatchFrom(0);
        return connection;
    }

    int smallLeft() {
        List<ByteBuffer> all = new ArrayList<>();
        for (ByteBuffer buffer = edge.pool().small();
                buffer != null;
                buffer = edge.pool().small()) {
            all.add(buffer);
        }
        all.forEach(edge.pool()::release);
        return all.size();
    }

    @Override
    public void close() throws IOException {
        try {
            edge.close();
            for (ShardLoop each : loops) {
                each.close();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        for (ShardFolder each : folders) {
            each.close();
        }
    }
}
