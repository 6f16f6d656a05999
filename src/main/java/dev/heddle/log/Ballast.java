package dev.heddle.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Disk space that is held while there is some, to be given up when there is none: what was appended can then still be
 * written, and old segments be cleared away, so that a full disk gets room again without help. The log's owner only; one
 * file of fixed size.
 */
public final class Ballast {
    static final String FILE_NAME = "ballast";

    private static final int PIECE = 64 * 1024;

    private final Disk disk;
    private final long least;
    private long wanted;
    private long held;

    /** Gives up what an earlier run may have held: starting needs room, too. {@link #take} takes it again. */
    public Ballast(Disk disk, LogOptions options) throws IOException {
        this.disk = disk;
        this.least = 2L * options.appendBufferBytes() + 4L * Watermark.SLOT_BYTES;
        this.wanted = least;
        disk.delete(FILE_NAME);
    }

    /** Whether space is held. */
    public boolean isHeld() {
        return held > 0;
    }

    /**
     * How much may be copied once the space was given up: the rest is for what was appended before, and for what records take
     * beside their payloads.
     */
    public long copyBytes() {
        return least / 4 + (wanted - least) / 2;
    }

    /** From the next {@link #take} on there is to be room to copy so many bytes at once. */
    public void want(long copyBytes) {
        wanted = Math.max(wanted, least + 2 * copyBytes);
    }

    /** Takes the space, or as much more as is wanted by now; false if there is not enough for any, and then none is taken. */
    public boolean take() throws IOException {
        if (held < wanted) {
            try (DiskFile file = disk.open(FILE_NAME)) {
                extend(file);
            } catch (StorageFullException noFile) {
                // As without room for what was to be in it.
            }
        }
        if (held == 0) {
            disk.delete(FILE_NAME);
        }
        return held > 0;
    }

    private void extend(DiskFile file) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocate(PIECE);
        try {
            for (long at = held; at < wanted; at += PIECE) {
                zeros.position(0).limit((int) Math.min(PIECE, wanted - at));
                file.writeFully(zeros, at);
            }
            held = wanted;
        } catch (StorageFullException noRoom) {
            file.truncate(held);
        }
    }

    /** Gives the space up. */
    public void giveUp() throws IOException {
        held = 0;
        disk.delete(FILE_NAME);
    }
}
