package dev.heddle.server;

import dev.heddle.shard.SlotMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Backlog memory in a scratch file, mapped chunk by chunk: the kernel keeps of it in memory what is used, and it needs no room
 * on the heap. The shard's owner only. It holds nothing that the log does not, and is emptied at every start.
 *
 * <p>Each chunk is written before it is mapped, so that a full disk is an answer here and not a fault at some later store.
 */
final class MappedSlots implements SlotMemory, AutoCloseable {
    private final FileChannel file;
    private final Arena arena = Arena.ofShared();
    private long size;

    MappedSlots(Path path) throws IOException {
        file = FileChannel.open(
                path,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    @Override
    public @Nullable ByteBuffer chunk() {
        try {
            ByteBuffer zeros = ByteBuffer.allocate(CHUNK_BYTES);
            while (zeros.hasRemaining()) {
                file.write(zeros, size + zeros.position());
            }
            ByteBuffer chunk = file.map(FileChannel.MapMode.READ_WRITE, size, CHUNK_BYTES, arena)
                    .asByteBuffer();
            size += CHUNK_BYTES;
            return chunk;
        } catch (IOException full) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        arena.close();
        file.close();
    }
}
