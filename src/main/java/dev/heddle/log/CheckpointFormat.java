package dev.heddle.log;

import java.nio.ByteBuffer;

/**
 * How a checkpoint's file looks. The records are those of {@link RecordCodec}, their positions being offsets in the file
 * and their salt the log's end.
 *
 * <pre>
 *   0        8         16            20        24     28    32
 *   +--------+---------+-------------+---------+------+-----+---------+-----+---------+
 *   | magic  | log end | max payload | version | zero | CRC | record  | ... | trailer |    big-endian
 *   +--------+---------+-------------+---------+------+-----+---------+-----+---------+
 *   trailer: a record of type 255: | records u64 | CRC32C of all bytes before the trailer u32 | zero u32 |
 * </pre>
 */
final class CheckpointFormat {
    static final int HEADER_BYTES = 32;
    static final int TRAILER_PAYLOAD_BYTES = 16;
    static final int TRAILER_BYTES = RecordCodec.recordBytes(TRAILER_PAYLOAD_BYTES);
    static final int TRAILER = RecordCodec.MARKER;

    private static final long MAGIC = 0x484544434B505431L; // HEDCKPT1
    private static final int VERSION = 1;
    private static final int CRC_AT = 28;

    private CheckpointFormat() {}

    static String fileName(String name) {
        return name + ".checkpoint";
    }

    static String temporaryName(String name) {
        return fileName(name) + ".new";
    }

    static void putHeader(ByteBuffer buffer, int at, long logEnd, int maxPayload, RecordCodec codec) {
        buffer.putLong(at, MAGIC).putLong(at + 8, logEnd);
        buffer.putInt(at + 16, maxPayload).putInt(at + 20, VERSION).putInt(at + 24, 0);
        buffer.putInt(at + CRC_AT, codec.checksum(buffer, at, at + CRC_AT));
    }

    static boolean isHeader(ByteBuffer buffer, int at, RecordCodec codec) {
        return buffer.getLong(at) == MAGIC
                && buffer.getInt(at + CRC_AT) == codec.checksum(buffer, at, at + CRC_AT)
                && buffer.getInt(at + 20) == VERSION;
    }

    static long logEnd(ByteBuffer buffer, int at) {
        return buffer.getLong(at + 8);
    }
}
