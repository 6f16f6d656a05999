package dev.heddle.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * How far the log was forced, in a file of its own. Owned by whoever opens the log, then by whoever runs a
 * {@link ForceRequest}, of which there is one at a time; two slots of memory.
 *
 * <pre>
 *   file {@value #FILE_NAME}: slot 0 at offset 0, slot 1 at offset 4096, written in turn; the highest valid generation counts
 *
 *   0        8            16       24    28
 *   +--------+------------+--------+-----+
 *   | magic  | generation | forced | CRC |    big-endian; CRC32C of the 24 bytes before it
 *   +--------+------------+--------+-----+
 * </pre>
 *
 * <p>After each force it is written but not forced: a killed process leaves the exact value to the next one, a power cut
 * an older one, which is always true, too. An older value only makes recovery less strict about the last stretch.
 */
final class Watermark implements Closeable {
    static final String FILE_NAME = "watermark";
    static final int SLOT_BYTES = 28;

    private static final int SLOT_DISTANCE = 4096;
    private static final int CRC_AT = 24;
    private static final long MAGIC = 0x4845444D41524B31L; // HEDMARK1

    private final DiskFile file;
    private final RecordCodec codec = new RecordCodec();
    private final ByteBuffer slot = ByteBuffer.allocateDirect(SLOT_BYTES);

    private long generation;
    private long forced;
    private boolean whole;

    private Watermark(DiskFile file) {
        this.file = file;
    }

    /** A new one, durably 0. */
    static Watermark create(Disk disk) throws IOException {
        Watermark watermark = new Watermark(disk.open(FILE_NAME));
        try {
            watermark.writeDurably(0);
            disk.force();
            return watermark;
        } catch (IOException | RuntimeException e) {
            watermark.close();
            throw e;
        }
    }

    /** The existing one; null if neither slot can be read. */
    static @Nullable Watermark open(Disk disk) throws IOException {
        Watermark watermark = new Watermark(disk.open(FILE_NAME));
        try {
            boolean first = watermark.read(0);
            boolean second = watermark.read(1);
            watermark.whole = first && second;
            if (first || second) {
                return watermark;
            }
        } catch (IOException | RuntimeException e) {
            watermark.close();
            throw e;
        }
        watermark.close();
        return null;
    }

    /** Everything before this position is durable. */
    long forced() {
        return forced;
    }

    /** Whether both slots could be read. One that could not must be durable again before the other is overwritten. */
    boolean isWhole() {
        return whole;
    }

    /** Writes the position to the older slot. */
    void write(long position) throws IOException {
        generation++;
        put(position);
    }

    private void put(long position) throws IOException {
        forced = position;
        slot.clear();
        slot.putLong(0, MAGIC).putLong(8, generation).putLong(16, position);
        slot.putInt(CRC_AT, codec.checksum(slot, 0, CRC_AT));
        file.writeFully(slot, generation % 2 * SLOT_DISTANCE);
    }

    void force() throws IOException {
        file.force();
    }

    /**
     * Makes durable what was read, which may be in the page cache only; and there as clean although the disk never got it, if a
     * force failed: hence written once more. Where there is no other slot, the only one is not touched.
     */
    void keep() throws IOException {
        if (whole) {
            put(forced);
        }
        force();
    }

    /** Writes the position to both slots, one after the other, so that either alone is enough. */
    void writeDurably(long position) throws IOException {
        write(position);
        force();
        write(position);
        force();
        whole = true;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private boolean read(int index) throws IOException {
        slot.clear();
        if (file.readFully(slot, (long) index * SLOT_DISTANCE) < SLOT_BYTES
                || slot.getLong(0) != MAGIC
                || slot.getInt(CRC_AT) != codec.checksum(slot, 0, CRC_AT)) {
            return false;
        }
        long found = slot.getLong(8);
        if (found > generation) {
            generation = found;
            forced = slot.getLong(16);
        }
        return true;
    }
}
