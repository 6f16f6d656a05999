package dev.heddle.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.Protocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TakeoverTest extends ShardOnDisk {
    private static final int FAST = 3000;

    @Override
    ShardOptions options() {
        return new ShardOptions(10_000, 1 << 28, 1_000_000_000L, 1L << 32, 1024, 16, 5, 100, Allowance.UNLIMITED, true);
    }

    private void acknowledge(SpokenTo receiver, long seq) {
        ByteBuffer bytes = ByteBuffer.allocate(32);
        ClientFrames.ack(bytes, seq);
        applyOnly(receiver, Protocol.ACK, bytes);
    }

    @Test
    void more_than_a_thousand_that_were_not_acknowledged_come_again_in_order() throws IOException {
        SpokenTo alice = login("alice");
        SpokenTo bob = login("bob");
        long id = session(alice).firstId();
        long seq = 0;
        // Its ACKs keep pace, and so its window grows.
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < FAST / 2; i++) {
                sendOnly(alice, id++, "bob", new byte[1]);
                seq++;
            }
            while (!bob.heard.getLast().equals("deliver " + seq)) {
                acknowledge(bob, Long.parseLong(bob.heard.getLast().substring("deliver ".length())));
            }
            acknowledge(bob, seq);
        }
        long acknowledged = seq;
        for (int i = 0; i < FAST; i++) {
            sendOnly(alice, id++, "bob", new byte[1]);
        }
        cycle();
        int sent = (int) bob.heard.stream()
                .filter(each -> each.startsWith("deliver "))
                .filter(each -> Long.parseLong(each.substring("deliver ".length())) > acknowledged)
                .count();
        assertThat(sent).as("sent and not acknowledged").isGreaterThan(1000);

        SpokenTo later = new SpokenTo();
        assertThat(shard.login(later, "bob".getBytes(UTF_8), acknowledged, true))
                .isEqualTo(Outcome.DONE);
        sendOnly(alice, id, "bob", new byte[1]);
        for (int i = 0; i < FAST; i++) {
            String last = later.heard.getLast();
            if (last.startsWith("deliver ")) {
                acknowledge(later, Long.parseLong(last.substring("deliver ".length())));
            }
        }
        List<String> expected = LongStream.rangeClosed(acknowledged + 1, acknowledged + FAST + 1)
                .mapToObj(each -> "deliver " + each)
                .toList();
        assertThat(later.heard.subList(1, later.heard.size())).isEqualTo(expected);
        assertThat(later.flags.subList(0, sent)).containsOnly(1);
        assertThat(later.flags.subList(sent, FAST + 1)).containsOnly(0);
    }
}
