package dev.heddle.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.log.FaultyDisk;
import dev.heddle.log.ForceRequest;
import dev.heddle.log.LogOptions;
import dev.heddle.sim.MapUserStore;
import dev.heddle.wire.ClientFrame;
import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.Protocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;

/**
 * A shard on a disk in memory, turned by the test, a cycle at a time and a millisecond each. Its segments have 16 KiB, and it has
 * so much room that nothing is ever worth copying.
 */
abstract class ShardOnDisk {
    static final int SEGMENT = 1 << 14;
    static final LogOptions LOG = new LogOptions(SEGMENT, 1 << 18, 2048, 4096, 7);
    private static final ShardOptions OPTIONS = new ShardOptions(
            1000, 1 << 20, 1_000_000_000L, 1L << 32, 1024, 16, 5, 100, new Allowance(1_000_000, 0, 0), true);

    final FaultyDisk disk = new FaultyDisk(new Random(1));
    ShardFolder opened;
    Shard shard;
    long millis = 1_000_000;

    ShardOptions options() {
        return OPTIONS;
    }

    /** Ends what there is as by kill -9, and starts again. */
    @BeforeEach
    void open() throws IOException {
        disk.kill();
        opened = ShardFolder.open(
                disk,
                LOG,
                options(),
                new MapUserStore(100),
                () -> ByteBuffer.allocate(SlotMemory.CHUNK_BYTES),
                1,
                millis);
        opened.begin();
        shard = opened.shard();
        shard.time(millis, millis);
    }

    SpokenTo login(String user) throws IOException {
        SpokenTo client = new SpokenTo();
        assertThat(shard.login(client, user.getBytes(UTF_8), 0, true)).isEqualTo(Outcome.DONE);
        cycle();
        return client;
    }

    static Session session(SpokenTo client) {
        return Objects.requireNonNull(client.session);
    }

    void cycle() throws IOException {
        shard.time(++millis, millis);
        shard.endCycle();
        shard.tick();
        shard.endCycle();
        while (shard.hasSteps()) {
            shard.step();
            shard.endCycle();
        }
        ForceRequest force = shard.takeForce();
        if (force != null) {
            force.run();
            shard.forced(force);
            shard.endCycle();
        }
    }

    void apply(SpokenTo from, int type, ByteBuffer bytes) throws IOException {
        applyOnly(from, type, bytes);
        cycle();
    }

    void applyOnly(SpokenTo from, int type, ByteBuffer bytes) {
        assertThat(given(from, type, bytes)).isEqualTo(Outcome.DONE);
    }

    /** What comes of the frame, in a cycle that goes on. */
    Outcome given(SpokenTo from, int type, ByteBuffer bytes) {
        ClientFrame frame = new ClientFrame();
        assertThat(frame.parse(bytes, type, Protocol.LENGTH_BYTES + 1, bytes.position()))
                .isTrue();
        return shard.apply(session(from), frame, true);
    }

    void send(SpokenTo from, long id, String to, byte[] body) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(1024);
        ClientFrames.send(bytes, id, to.getBytes(UTF_8), body);
        apply(from, Protocol.SEND, bytes);
    }

    void sendOnly(SpokenTo from, long id, String to, byte[] body) {
        assertThat(sendNow(from, id, to, body)).isEqualTo(Outcome.DONE);
    }

    Outcome sendNow(SpokenTo from, long id, String to, byte[] body) {
        ByteBuffer bytes = ByteBuffer.allocate(1024);
        ClientFrames.send(bytes, id, to.getBytes(UTF_8), body);
        return given(from, Protocol.SEND, bytes);
    }
}
