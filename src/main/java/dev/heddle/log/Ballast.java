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
    private final long bytes;
    private boolean whole;

    /** Gives up what an earlier run may have held: starting needs room, too. {@link #take} takes it again. */
    public Ballast(Disk disk, LogOptions options) throws IOException {
        this.disk = disk;
        this.bytes = 2L * options.appendBufferBytes() + 4L * Watermark.SLOT_BYTES;
        disk.delete(FILE_NAME);
    }

    /** How much space it is, in bytes. */
    public long bytes() {
        return bytes;
    }

    /** Whether the space is held. */
    public boolean isWhole() {
        return whole;
    }

    /** Takes the space; false if there is not enough of it, and then none is taken. */
    public boolean take() throws IOException {
        if (whole) {
            return true;
        }
        try (DiskFile file = disk.open(FILE_NAME)) {
            ByteBuffer zeros = ByteBuffer.allocate(PIECE);
            for (long at = 0; at < bytes; at += PIECE) {
                zeros.position(0).limit((int) Math.min(PIECE, bytes - at));
                file.writeFully(zeros, at);
            }
            whole = true;
        } catch (StorageFullException noRoom) {
            disk.delete(FILE_NAME);
        }
        return whole;
    }

    /** Gives the space up. */
    public void giveUp() throws IOException {
        whole = false;
        disk.delete(FILE_NAME);
    }
}
