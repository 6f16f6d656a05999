package dev.heddle.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CheckpointsTest {
    private static final LogOptions OPTIONS = new LogOptions(4096, 4096, 1000, 4096, 5);
    private static final RecordVisitor NOBODY = (_, _, _, _, _) -> {};

    private final FaultyDisk disk = new FaultyDisk(new Random(1));
    private final Checkpoints checkpoints = new Checkpoints(disk, OPTIONS);

    private void write(String name, long logEnd, int records) throws IOException {
        try (CheckpointWriter writer = checkpoints.begin(name, logEnd)) {
            for (int i = 0; i < records; i++) {
                writer.claim(4 + i % 900).putInt(i);
                writer.commit(1 + i % 254);
            }
            writer.complete();
        }
    }

    @Test
    void what_was_completed_is_read_back_after_a_power_cut() throws IOException {
        write("drain", 123_456, 2000);
        disk.powerCut();
        List<Integer> seen = new ArrayList<>();
        Checkpoint found = checkpoints.read("drain", (_, type, buffer, start, length) -> {
            int i = buffer.getInt(start);
            assertThat(type).isEqualTo(1 + i % 254);
            assertThat(length).isEqualTo(4 + i % 900);
            seen.add(i);
        });
        assertThat(found).isEqualTo(new Checkpoint.Complete(123_456, 2000));
        assertThat(seen).hasSize(2000).isSorted();
    }

    @Test
    void an_absent_and_a_deleted_one_are_absent() throws IOException {
        assertThat(checkpoints.read("drain", NOBODY)).isEqualTo(new Checkpoint.Absent());
        write("drain", 1, 1);
        checkpoints.delete("drain");
        disk.powerCut();
        assertThat(checkpoints.read("drain", NOBODY)).isEqualTo(new Checkpoint.Absent());
        assertThat(disk.list()).isEmpty();
    }

    @Test
    void every_flipped_bit_and_every_shorter_file_is_damage_and_shows_nothing() throws IOException {
        write("drain", 99, 3);
        String file = "drain.checkpoint";
        byte[] whole = disk.contents(file);
        RecordVisitor fail = (_, _, _, _, _) -> {
            throw new AssertionError("shown");
        };
        for (int bit = 0; bit < whole.length * 8; bit++) {
            disk.flip(file, bit);
            assertThat(checkpoints.read("drain", fail)).as("bit %d", bit).isInstanceOf(Checkpoint.Damaged.class);
            disk.flip(file, bit);
        }
        for (int length = 0; length < whole.length; length++) {
            disk.replace(file, java.util.Arrays.copyOf(whole, length));
            assertThat(checkpoints.read("drain", fail)).as("length %d", length).isInstanceOf(Checkpoint.Damaged.class);
        }
    }

    @Test
    void a_crash_at_any_operation_leaves_the_old_or_the_new_one() throws IOException {
        for (int seed = 0; seed < 20; seed++) {
            for (int operations = 0; operations < 12; operations++) {
                FaultyDisk crashing = new FaultyDisk(new Random(seed));
                Checkpoints there = new Checkpoints(crashing, OPTIONS);
                complete(there, 1);
                crashing.crashAfter(operations);
                try {
                    complete(there, 2);
                } catch (FaultyDisk.CrashException e) {
                    assertThat(e).isNotNull();
                }
                crashing.powerCut();
                assertThat(there.read("drain", NOBODY))
                        .as("seed %d, operations %d", seed, operations)
                        .isIn(new Checkpoint.Complete(1, 1), new Checkpoint.Complete(2, 1));
            }
        }
    }

    private static void complete(Checkpoints checkpoints, long logEnd) throws IOException {
        try (CheckpointWriter writer = checkpoints.begin("drain", logEnd)) {
            ByteBuffer payload = writer.claim(1000);
            payload.put(new byte[1000]);
            writer.commit(3);
            writer.complete();
        }
    }

    @Test
    void one_that_is_not_completed_leaves_nothing() throws IOException {
        try (CheckpointWriter writer = checkpoints.begin("drain", 1)) {
            writer.claim(1).put((byte) 1);
            writer.commit(1);
        }
        assertThat(disk.list()).isEmpty();
    }

    @Test
    void names_and_sizes_out_of_range_are_refused() throws IOException {
        assertThatThrownBy(() -> checkpoints.begin("../x", 1)).isInstanceOf(IllegalArgumentException.class);
        try (CheckpointWriter writer = checkpoints.begin("drain", 1)) {
            assertThatThrownBy(() -> writer.claim(1001)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> writer.commit(1)).isInstanceOf(IllegalStateException.class);
        }
    }
}
