package dev.heddle.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.log.FaultyDisk;
import dev.heddle.log.ForceRequest;
import dev.heddle.log.Log;
import dev.heddle.log.LogOptions;
import dev.heddle.log.RecordVisitor;
import dev.heddle.sim.MapUserStore;
import dev.heddle.wire.ClientFrame;
import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.Protocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bytes in the log: what one server wrote every later one has to read, and the one before it, too. */
class RecordsTest {
    private static final LogOptions LOG = new LogOptions(1 << 14, 1 << 18, 2048, 4096, 7);
    private static final ShardOptions OPTIONS = new ShardOptions(
            1000, 1 << 20, 1_000_000_000L, 1L << 32, 1024, 16, 5, 100, new Allowance(1_000_000, 0, 0), true);
    private static final long DAY_MILLIS = 86_400_000;

    private final FaultyDisk disk = new FaultyDisk(new Random(1));
    private long millis = DAY_MILLIS;

    private Shard open() throws IOException {
        disk.kill();
        Shard shard = ShardFolder.open(
                        disk,
                        LOG,
                        OPTIONS,
                        new MapUserStore(100),
                        () -> ByteBuffer.allocate(SlotMemory.CHUNK_BYTES),
                        1,
                        millis)
                .shard();
        shard.time(millis, millis);
        return shard;
    }

    private static void cycle(Shard shard) throws IOException {
        shard.tick();
        shard.endCycle();
        ForceRequest force = shard.takeForce();
        if (force != null) {
            force.run();
            shard.forced(force);
            shard.endCycle();
        }
    }

    private List<String> records() throws IOException {
        disk.kill();
        List<String> records = new ArrayList<>();
        Log.open(disk, LOG, 0, new RecordVisitor() {
                    @Override
                    public void segment(long base) {}

                    @Override
                    public void record(long position, int type, ByteBuffer buffer, int start, int length) {
                        byte[] payload = new byte[length];
                        buffer.get(start, payload);
                        records.add(type + " " + HexFormat.of().formatHex(payload));
                    }
                })
                .close();
        return records;
    }

    @Test
    void each_record_has_its_bytes() throws IOException {
        open();
        Shard shard = open();
        SpokenTo client = new SpokenTo();
        assertThat(shard.login(client, "alice".getBytes(UTF_8), 0, true)).isEqualTo(Outcome.DONE);
        Session session = Objects.requireNonNull(client.session);
        ByteBuffer send = ByteBuffer.allocate(64);
        ClientFrames.send(send, session.firstId(), "bob".getBytes(UTF_8), "hello".getBytes(UTF_8));
        ClientFrame frame = new ClientFrame();
        assertThat(frame.parse(send, Protocol.SEND, Protocol.LENGTH_BYTES + 1, send.position()))
                .isTrue();
        assertThat(shard.apply(session, frame, true)).isEqualTo(Outcome.DONE);
        cycle(shard);
        millis += DAY_MILLIS;
        shard.time(millis, millis);
        cycle(shard);

        // Times and ids as Records says, eight bytes each; a day is 0x5265c00 ms.
        String none = "0000000000000000";
        String one = "0000000000000001";
        String day = "0000000005265c00";
        String id = "0000a4cb80200000";
        String bob = "626f62";
        String alice = "616c696365";
        assertThat(records())
                .containsExactly(
                        "3 " + none + "000000000a4cb800" + day + "00",
                        "3 " + one + "000000000f731400" + day + "00",
                        "2 " + none.repeat(6) + "00" + "03" + bob,
                        "2 " + day + none.repeat(5) + "01" + "05" + alice,
                        "1 " + "0000000100000001" + id + day + none + "0305" + bob + alice + "68656c6c6f",
                        "2 " + day + id + none.repeat(4) + "01" + "05" + alice,
                        "3 " + one + "0000000014997001" + "000000000a4cb800" + "01");
    }

    /** Bob is online, a record of the clock follows, then a message for him, and the crash. */
    @ParameterizedTest
    @CsvSource({"00, 0", "01, 1", "'', 0"})
    void what_was_sent_in_the_run_that_crashed_is_marked_unless_the_clock_says_that_it_had_yet_to_begin(
            String lastByte, int flags) throws IOException {
        disk.kill();
        Log log = Log.open(disk, LOG, 0, (position, type, buffer, start, length) -> {});
        append(log, 2, "0000000000000001".repeat(6) + "0103626f62");
        append(log, 3, "0000000000000001" + "0000000005265c00" + "0000000000000001" + lastByte);
        append(
                log,
                1,
                "0000000100000001" + "0000000000000002".repeat(2) + "0000000000000000"
                        + "0305626f62616c69636568656c6c6f");
        log.write();
        ForceRequest force = log.beginForce();
        force.run();
        log.forced(force);

        Shard shard = open();
        SpokenTo bob = new SpokenTo();
        assertThat(shard.login(bob, "bob".getBytes(UTF_8), 0, true)).isEqualTo(Outcome.DONE);
        cycle(shard);
        assertThat(bob.heard).containsExactly("welcome", "deliver " + 0x1_0000_0001L);
        assertThat(bob.flags).containsExactly(flags);
        assertThat(shard.epoch()).isEqualTo(2);
    }

    private static void append(Log log, int type, String payload) throws IOException {
        byte[] bytes = HexFormat.of().parseHex(payload);
        log.claim(bytes.length).put(bytes);
        log.commit(type);
    }
}
