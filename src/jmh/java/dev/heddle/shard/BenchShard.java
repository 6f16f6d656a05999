package dev.heddle.shard;

import dev.heddle.log.FileDisk;
import dev.heddle.log.ForceRequest;
import dev.heddle.log.LogOptions;
import dev.heddle.presence.ChronicleUserStore;
import dev.heddle.wire.ClientFrame;
import dev.heddle.wire.FrameCursor;
import dev.heddle.wire.Protocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** A shard on a real folder, called by one thread, with {@code sync=os}; its clock stands still but for {@link #cycle}. */
final class BenchShard implements AutoCloseable {
    static final int USERS = 100_000;

    private static final long WALL = 1_700_000_000_000L;

    private final Path path;
    private final ChronicleUserStore users;
    private final ShardFolder folder;
    private final FrameCursor cursor = new FrameCursor(Protocol.DEFAULT_FRAME_LIMIT);
    private final ClientFrame frame = new ClientFrame();
    private long elapsed;

    BenchShard() throws IOException {
        path = Files.createTempDirectory(Path.of(System.getProperty("heddle.bench.folder", "/tmp")), "heddle-shard");
        users = ChronicleUserStore.create("bench", 2 * USERS, Shard.USER_IMAGE_BYTES);
        ShardOptions options = new ShardOptions(
                100_000_000,
                1L << 40,
                1L << 40,
                1L << 40,
                Protocol.DEFAULT_FRAME_LIMIT,
                16 * 1024,
                500,
                1000,
                Allowance.UNLIMITED,
                false);
        folder = ShardFolder.open(
                new FileDisk(path),
                LogOptions.defaults(42),
                options,
                users,
                () -> ByteBuffer.allocateDirect(SlotMemory.CHUNK_BYTES),
                7,
                WALL);
        folder.begin();
        cycle();
    }

    static byte[] name(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    ChronicleUserStore users() {
        return users;
    }

    Session login(Deaf client, String name) {
        expect(folder.shard().login(client, name(name), 0, true));
        cycle();
        return client.session();
    }

    /** Applies every frame of these bytes. */
    void apply(Session session, ByteBuffer frames) {
        cursor.wrap(frames, 0, frames.position());
        while (cursor.next() == FrameCursor.Step.FRAME) {
            if (!frame.parse(frames, cursor.type(), cursor.bodyStart(), cursor.bodyEnd())) {
                throw new IllegalStateException("malformed");
            }
            expect(folder.shard().apply(session, frame, true));
        }
    }

    private static void expect(Outcome outcome) {
        if (outcome != Outcome.DONE) {
            throw new IllegalStateException(outcome.toString());
        }
    }

    /** Ends a cycle and begins the next one, a millisecond later. */
    void cycle() {
        Shard shard = folder.shard();
        shard.endCycle();
        ForceRequest force = shard.takeForce();
        if (force != null) {
            try {
                force.run();
            } catch (IOException failure) {
                throw new IllegalStateException(failure);
            }
            shard.forced(force);
        }
        elapsed++;
        shard.time(WALL + elapsed, elapsed);
    }

    @Override
    public void close() throws IOException {
        folder.close();
        users.close();
        try (var paths = Files.walk(path)) {
            for (Path each : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
