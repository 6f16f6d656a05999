package dev.heddle.server;

import dev.heddle.shard.SlotMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Backlog memory in a scratch file, mapped chunk by chunk: the kernel keeps of it in memory what is used, and it needs no room
 * on the heap. The shard's owner only. It holds nothing that the log does not, and is emptied at every start.
 *
 * <p>Each chunk is written before it is mapped, so that a full disk is an answer here and not a fault at some later store;
 * and not with zeros, of which some file systems make holes again. (One that writes to another place whenever something is
 * changed may still have no room for that: then the process ends, and the log knows everything.)
 * What a full disk took of a chunk is given back, and for a second nobody tries again.
 */
final class MappedSlots implements SlotMemory, AutoCloseable {
    private static final int PIECE = 64 * 1024;
    private static final long PAUSE_NANOS = 1_000_000_000;

    private final FileChannel file;
    private final LongSupplier nanos;
    private final Arena arena = Arena.ofShared();
    private long size;
    private long failedNanos;

    MappedSlots(Path path, LongSupplier nanos) throws IOException {
        this.nanos = nanos;
        this.failedNanos = nanos.getAsLong() - PAUSE_NANOS;
        file = FileChannel.open(
                path,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    @Override
    public @Nullable ByteBuffer chunk() {
        if (nanos.getAsLong() - failedNanos < PAUSE_NANOS) {
            return null;
        }
        try {
            byte[] noise = new byte[PIECE];
            new SplittableRandom(size).nextBytes(noise);
            ByteBuffer piece = ByteBuffer.wrap(noise);
            for (long at = size; at < size + CHUNK_BYTES; at += PIECE) {
                piece.clear();
                while (piece.hasRemaining()) {
                    int _ = file.write(piece, at + piece.position());
                }
            }
            ByteBuffer chunk = file.map(FileChannel.MapMode.READ_WRITE, size, CHUNK_BYTES, arena)
                    .asByteBuffer();
            size += CHUNK_BYTES;
            return chunk;
        } catch (IOException full) {
            failedNanos = nanos.getAsLong();
            giveBack();
            return null;
        }
    }

    private void giveBack() {
        try {
            file.truncate(size);
        } catch (IOException alsoFull) {
            // Then the next attempt writes over it.
        }
    }

    @Override
    public void close() throws IOException {
        arena.close();
        file.close();
    }
}
