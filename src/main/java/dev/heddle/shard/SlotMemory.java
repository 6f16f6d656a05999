package dev.heddle.shard;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Where the backlog's slots lie: memory off the heap, handed out in chunks and never given back while the shard lives. */
public interface SlotMemory {
    /** Bytes of each chunk. */
    int CHUNK_BYTES = 1 << 20;

    /** A further chunk of {@link #CHUNK_BYTES} bytes of any content, or null if there is none to be had now. */
    @Nullable
    ByteBuffer chunk();
}
