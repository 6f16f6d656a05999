package dev.heddle.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BacklogTest {
    private static final int MANY = 200_000;
    private static final int SLOTS_PER_CHUNK = SlotMemory.CHUNK_BYTES / 128;

    private int chunksLeft = 2;
    private final Backlog backlog = new Backlog(this::chunk);

    /** A chunk of whatever was there before. */
    private @Nullable ByteBuffer chunk() {
        if (chunksLeft == 0) {
            return null;
        }
        chunksLeft--;
        byte[] bytes = new byte[SlotMemory.CHUNK_BYTES];
        Arrays.fill(bytes, (byte) 0x5a);
        return ByteBuffer.wrap(bytes);
    }

    @Test
    void entries_are_kept_apart() {
        int first = backlog.allocate();
        int second = backlog.allocate();
        for (int slot : new int[] {first, second}) {
            for (int entry = 0; entry < Backlog.ENTRIES; entry++) {
                long number = slot * 100L + entry;
                backlog.set(slot, entry, number, -1 - number, (int) number + 7);
            }
        }
        for (int slot : new int[] {first, second}) {
            for (int entry = 0; entry < Backlog.ENTRIES; entry++) {
                long number = slot * 100L + entry;
                assertThat(backlog.seq(slot, entry)).isEqualTo(number);
                assertThat(backlog.position(slot, entry)).isEqualTo(-1 - number);
                assertThat(backlog.length(slot, entry)).isEqualTo((int) number + 7);
            }
            assertThat(backlog.next(slot)).isEqualTo(Backlog.NONE);
        }
    }

    @Test
    void a_move_changes_the_position_alone() {
        int slot = backlog.allocate();
        backlog.set(slot, 5, 1, 2, 3);
        backlog.setNext(slot, 77);
        backlog.move(slot, 5, 9);
        assertThat(backlog.position(slot, 5)).isEqualTo(9);
        assertThat(backlog.seq(slot, 5)).isEqualTo(1);
        assertThat(backlog.length(slot, 5)).isEqualTo(3);
        assertThat(backlog.next(slot)).isEqualTo(77);
    }

    @Test
    void it_says_when_memory_has_no_more_and_goes_on_when_some_comes_back() {
        Set<Integer> slots = new HashSet<>();
        for (int i = 0; i < 2 * SLOTS_PER_CHUNK; i++) {
            int slot = backlog.allocate();
            assertThat(slot).isNotEqualTo(Backlog.NONE);
            assertThat(slots.add(slot)).isTrue();
        }
        assertThat(backlog.allocate()).isEqualTo(Backlog.NONE);

        backlog.free(17);
        assertThat(backlog.allocate()).isEqualTo(17);
        assertThat(backlog.allocate()).isEqualTo(Backlog.NONE);

        chunksLeft = 1;
        assertThat(backlog.allocate()).isEqualTo(2 * SLOTS_PER_CHUNK);
    }

    @Test
    void freed_slots_are_given_again_each_once_and_lead_nowhere() {
        int[] slots = {backlog.allocate(), backlog.allocate(), backlog.allocate()};
        backlog.setNext(slots[0], slots[1]);
        for (int slot : slots) {
            backlog.free(slot);
        }
        Set<Integer> again = new HashSet<>();
        for (int i = 0; i < slots.length; i++) {
            int slot = backlog.allocate();
            again.add(slot);
            assertThat(backlog.next(slot)).isEqualTo(Backlog.NONE);
        }
        assertThat(again).containsExactlyInAnyOrder(slots[0], slots[1], slots[2]);
        assertThat(chunksLeft).isEqualTo(1);
    }

    @Test
    void slots_that_were_given_back_are_all_taken_again_each_once() {
        chunksLeft = MANY / SLOTS_PER_CHUNK + 1;
        for (int round = 0; round < 3; round++) {
            BitSet taken = new BitSet();
            for (int i = 0; i < MANY; i++) {
                int slot = backlog.allocate();
                assertThat(taken.get(slot)).isFalse();
                taken.set(slot);
            }
            assertThat(taken.length()).isLessThanOrEqualTo(MANY);
            for (int i = 0; i < MANY; i++) {
                backlog.free((int) (i * 77_777L % MANY));
            }
        }
    }

    @Test
    void after_a_peak_few_of_its_slots_go_round() {
        chunksLeft = MANY / SLOTS_PER_CHUNK + 1;
        for (int i = 0; i < MANY; i++) {
            assertThat(backlog.allocate()).isEqualTo(i);
        }
        for (int i = 0; i < MANY; i++) {
            backlog.free(i);
        }
        BitSet touched = new BitSet();
        for (int i = 0; i < MANY; i++) {
            int slot = backlog.allocate();
            touched.set(slot);
            backlog.free(slot);
        }
        assertThat(touched.cardinality()).isLessThanOrEqualTo(64 * 1024);
    }
}
