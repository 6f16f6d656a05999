package dev.heddle.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.log.ForceRequest;
import dev.heddle.log.Log;
import dev.heddle.log.RecordVisitor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bytes in the log: what one server wrote every later one has to read, and the one before it, too. */
class RecordsTest extends ShardOnDisk {
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
        SpokenTo client = login("alice");
        send(client, session(client).firstId(), "bob", "hello".getBytes(UTF_8));
        millis += 86_400_000;
        cycle();

        // Times and ids as Records says, eight bytes each.
        String none = "0000000000000000";
        String one = "0000000000000001";
        String start = "00000000000f4240";
        String hourLater = "00000000004630c0";
        String twoHoursLater = "00000000007d1f40";
        String dayLater = "0000000005359e43";
        String id = "000004630c200000";
        String bob = "626f62";
        String alice = "616c696365";
        assertThat(records())
                .containsExactly(
                        "3 " + none + hourLater + start + "00" + start,
                        "3 " + one + twoHoursLater + start + "00" + start,
                        "2 " + start + none.repeat(5) + "03" + "05" + alice,
                        "2 " + none.repeat(6) + "00" + "03" + bob,
                        "1 " + "0000000100000001" + id + "00000000000f4241" + id + "0305" + bob + alice + "68656c6c6f",
                        "3 " + one + "00000000056c8cc3" + dayLater + "01" + dayLater);
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

        open();
        SpokenTo bob = login("bob");
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
