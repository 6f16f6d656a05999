package dev.heddle.log;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The first bytes of a segment's file, part of the positions like everything after them.
 *
 * <pre>
 *   0        8        16       24       32         36            40       44     48
 *   +--------+--------+--------+--------+---------+-------------+--------+------+
 *   | magic  | base   | salt   | forced | version | max payload | zero   | CRC  |    big-endian
 *   +--------+--------+--------+--------+---------+-------------+--------+------+
 *   |<------------------------- CRC32C --------------------------------->|
 * </pre>
 *
 * @param base position of the file's first byte, also its name: 16 hex digits and {@code .log}
 * @param salt of the masks of the records in this file
 * @param forced everything before this position was durable when the segment was begun
 * @param version of the format
 * @param maxPayload the limit of payloads when the segment was begun, for people; a later run that went on with the segment may
 *     have had another
 */
record SegmentHeader(long base, long salt, long forced, int version, int maxPayload) {
    static final int BYTES = 48;
    static final int VERSION = 1;

    private static final long MAGIC = 0x484544444C4F4731L; // HEDDLOG1
    private static final int CRC_AT = 44;
    private static final Pattern NAME = Pattern.compile("[0-7][0-9a-f]{15}\\.log");

    static String fileName(long base) {
        return String.format(Locale.ROOT, "%016x.log", base);
    }

    /** The base in a segment's file name, -1 if it is not one. */
    static long baseOf(String fileName) {
        return NAME.matcher(fileName).matches() ? Long.parseUnsignedLong(fileName, 0, 16, 16) : -1;
    }

    void put(ByteBuffer buffer, int at, RecordCodec codec) {
        buffer.putLong(at, MAGIC).putLong(at + 8, base).putLong(at + 16, salt).putLong(at + 24, forced);
        buffer.putInt(at + 32, version).putInt(at + 36, maxPayload).putInt(at + 40, 0);
        buffer.putInt(at + CRC_AT, codec.checksum(buffer, at, at + CRC_AT));
    }

    /** The header at {@code at}, null if those bytes are none. */
    static @Nullable SegmentHeader get(ByteBuffer buffer, int at, RecordCodec codec) {
        if (buffer.getLong(at) != MAGIC || buffer.getInt(at + CRC_AT) != codec.checksum(buffer, at, at + CRC_AT)) {
            return null;
        }
        return new SegmentHeader(
                buffer.getLong(at + 8),
                buffer.getLong(at + 16),
                buffer.getLong(at + 24),
                buffer.getInt(at + 32),
                buffer.getInt(at + 36));
    }
}
