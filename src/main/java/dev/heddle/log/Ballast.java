package dev.heddle.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Disk space that is held while there is some, to be given up when there is none: what was appended can then still be
 * written, and old segments be cleared away, so that a full disk gets room again without help. The log's owner only; one
 * file of fixed size.
 *
 * <p>The file's first bytes are kept for the next start, which has to append before anybody can be served: they are given up
 * by nothing else, and are there while no server runs.
 */
public final class Ballast {
    static final String FILE_NAME = "ballast";

    private static final int PIECE = 64 * 1024;
    /** For a record that needs a segment of its own, in blocks of any usual size. */
    private static final int START_BYTES = 16 * 1024;

    private final Disk disk;
    private final long least;
    private long wanted;
    private long held;

    /** Gives up what an earlier run may have held, but for the share of the start: reading the log may need room, too. */
    public Ballast(Disk disk, LogOptions options) throws IOException {
        this.disk = disk;
        this.least = 2L * options.appendBufferBytes() + 4L * Watermark.SLOT_BYTES;
        this.wanted = least;
        if (disk.list().contains(FILE_NAME)) {
            giveUp();
        }
    }

    /** Whether space is held, beside the share of the start. */
    public boolean isHeld() {
        return held > START_BYTES;
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

    /**
     * Takes the space, or as much more as is wanted by now.
     *
     * @return false if there is not enough for any; then nothing is taken but the share of the start
     */
    public boolean take() throws IOException {
        reserveStart();
        if (held >= START_BYTES) {
            extend(START_BYTES + wanted);
        }
        return isHeld();
    }

    /** Takes the share of the next start only, or what there is of it. */
    public void reserveStart() throws IOException {
        extend(START_BYTES);
    }

    private void extend(long size) throws IOException {
        if (held >= size) {
            return;
        }
        try (DiskFile file = disk.open(FILE_NAME)) {
            extend(file, size);
        } catch (StorageFullException noFile) {
            // As without room for what was to be in it.
        }
        if (held == 0) {
            disk.delete(FILE_NAME);
        }
    }

    private void extend(DiskFile file, long size) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(PIECE, size - held));
        try {
            for (long at = held; at < size; at += PIECE) {
                zeros.position(0).limit((int) Math.min(PIECE, size - at));
                file.writeFully(zeros, at);
            }
            held = size;
        } catch (StorageFullException noRoom) {
            held = Math.max(held, Math.min(START_BYTES, file.size()));
            file.truncate(held);
        }
    }

    /** Gives the space up, but for the share of the start. */
    public void giveUp() throws IOException {
        try (DiskFile file = disk.open(FILE_NAME)) {
            file.truncate(START_BYTES);
            held = file.size();
        } catch (StorageFullException noDescriptor) {
            giveUpAll();
        }
    }

    /** Gives everything up. */
    public void giveUpAll() throws IOException {
        held = 0;
        disk.delete(FILE_NAME);
    }
}
