package dev.heddle.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class InboxTest {
    private final Inbox inbox = new Inbox(new Backlog(() -> ByteBuffer.allocate(SlotMemory.CHUNK_BYTES)));

    private void append(long seq) {
        assertThat(inbox.reserve()).isTrue();
        inbox.append(seq, seq * 10, 1);
    }

    @Test
    void every_message_of_a_long_inbox_is_found_in_any_order_without_a_walk_for_each() {
        int count = 300_000;
        for (long seq = 1; seq <= count; seq++) {
            append(seq);
        }
        // As the cleaner meets them: copies of old messages between younger ones that came meanwhile.
        assertTimeout(Duration.ofSeconds(20), () -> {
            for (long seq = 1; seq <= count / 3; seq++) {
                assertThat(found(seq)).isEqualTo(seq * 10);
                assertThat(found(seq + count / 3)).isEqualTo((seq + count / 3) * 10);
                long youngest = seq + 2L * (count / 3);
                assertThat(found(youngest)).isEqualTo(youngest * 10);
            }
        });
    }

    private long found(long seq) {
        return inbox.position(Objects.requireNonNull(inbox.find(seq)));
    }

    @Test
    void what_is_found_is_right_however_the_inbox_grows_and_shrinks() {
        long seed = Long.getLong("heddle.seed", 1);
        SplittableRandom random = new SplittableRandom(seed);
        long head = 1;
        long next = 1;
        for (int i = 0; i < 200_000; i++) {
            int what = random.nextInt(10);
            if (what < 4 || inbox.isEmpty()) {
                next += random.nextInt(2);
                head = inbox.isEmpty() ? next : head;
                append(next++);
            } else if (what < 7 && random.nextInt(40) > 0) {
                inbox.removeHead(1);
            } else if (what == 9 && random.nextInt(500) == 0) {
                while (!inbox.isEmpty()) {
                    inbox.removeHead(1);
                }
            } else {
                long seq = inbox.headSeq() - 2 + random.nextLong(next - inbox.headSeq() + 4);
                Inbox.Place place = inbox.find(seq);
                assertThat(place == null ? -1 : inbox.position(place))
                        .as("seed %d, seq %d", seed, seq)
                        .isEqualTo(holds(seq) ? seq * 10 : -1);
            }
        }
    }

    private boolean holds(long seq) {
        Inbox.Walk walk = inbox.walk();
        for (int i = 0; i < inbox.count; i++) {
            walk.next();
            if (walk.seq() == seq) {
                return true;
            }
        }
        return false;
    }
}
