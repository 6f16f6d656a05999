package dev.heddle.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.shard.SlotMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedSlotsTest {
    private static final long SECOND = 1_000_000_000L;

    @TempDir
    private Path folder;

    private final AtomicLong nanos = new AtomicLong();

    @Test
    void chunks_keep_what_is_put_into_them() throws IOException {
        try (MappedSlots slots = new MappedSlots(folder.resolve("scratch"), nanos::get)) {
            ByteBuffer first = chunk(slots);
            ByteBuffer second = chunk(slots);
            first.putLong(8, 1);
            second.putLong(8, 2);
            assertThat(first.getLong(8)).isEqualTo(1);
            assertThat(second.getLong(8)).isEqualTo(2);
        }
    }

    /** On Linux's own device that is always full. Who only asks the time has not tried. */
    @Test
    void a_full_disk_is_tried_once_a_second() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "no /dev/full here");
        AtomicInteger looks = new AtomicInteger();
        LongSupplier clock = () -> {
            looks.incrementAndGet();
            return nanos.get();
        };
        try (MappedSlots slots = new MappedSlots(full, clock)) {
            for (int second = 0; second < 3; second++) {
                int before = looks.get();
                assertThat(slots.chunk()).isNull();
                assertThat(looks.get() - before).as("tried").isEqualTo(2);
                assertThat(slots.chunk()).isNull();
                assertThat(slots.chunk()).isNull();
                assertThat(looks.get() - before).as("not tried again").isEqualTo(4);
                nanos.addAndGet(SECOND);
            }
        }
    }

    private static ByteBuffer chunk(MappedSlots slots) {
        ByteBuffer chunk = Objects.requireNonNull(slots.chunk());
        assertThat(chunk.capacity()).isEqualTo(SlotMemory.CHUNK_BYTES);
        return chunk;
    }
}
