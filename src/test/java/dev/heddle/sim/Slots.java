package dev.heddle.sim;

import dev.heddle.shard.SlotMemory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Backlog memory of one run of one shard: chunks hold whatever was in them before. One thread. */
final class Slots implements SlotMemory {
    private final Deque<ByteBuffer> free;
    private final BooleanSupplier gives;
    private final List<ByteBuffer> taken = new ArrayList<>();

    /**
     * Takes chunks out of {@code free} first.
     *
     * @param gives whether there is a chunk to be had now
     */
    Slots(Deque<ByteBuffer> free, BooleanSupplier gives) {
        this.free = free;
        this.gives = gives;
    }

    @Override
    public @Nullable ByteBuffer chunk() {
        if (!gives.getAsBoolean()) {
            return null;
        }
        ByteBuffer chunk = free.poll();
        if (chunk == null) {
            byte[] bytes = new byte[CHUNK_BYTES];
            Arrays.fill(bytes, (byte) 0x5a);
            chunk = ByteBuffer.wrap(bytes);
        }
        taken.add(chunk);
        return chunk;
    }

    /** The run is over. */
    void giveBack() {
        free.addAll(taken);
        taken.clear();
    }
}
