package dev.heddle.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * How a record looks. Owned by the thread that owns the file it works on; holds a checksum's state and nothing else.
 *
 * <pre>
 *   0         4      5            8                 8 + length   next multiple of 8
 *   +---------+------+------------+------------------+-----------+
 *   | check   | type | length u24 | payload          | zeros     |     big-endian
 *   +---------+------+------------+------------------+-----------+
 *             |<------------- CRC32C ---------------------------->|
 *
 *   check = CRC32C xor mix(position, salt of the segment)
 * </pre>
 *
 * <p>The mask leaves what CRC32C detects as it is, costs nothing a byte, and makes a record that is right in itself but
 * at the wrong place, or of another log, as invalid as a random one. Records begin at multiples of 8, so that one that
 * survived behind a damaged one can be found again. Type 0 is none (zeros are never a record), 255 is the marker: its
 * payload is the position up to which the log was known to be forced when the marker was written.
 */
final class RecordCodec {
    static final int HEADER_BYTES = 8;
    static final int MARKER = 0xFF;
    static final int MARKER_PAYLOAD_BYTES = 8;
    static final int MARKER_BYTES = HEADER_BYTES + MARKER_PAYLOAD_BYTES;

    private static final int TYPE_AND_LENGTH = 4;
    private static final int LENGTH_BITS = 24;
    private static final int LENGTH_MASK = (1 << LENGTH_BITS) - 1;

    private final CRC32C crc = new CRC32C();

    /** Bytes a record takes, header and padding included. */
    static int recordBytes(int payloadLength) {
        return (HEADER_BYTES + payloadLength + 7) & ~7;
    }

    static int type(ByteBuffer buffer, int at) {
        return buffer.getInt(at + TYPE_AND_LENGTH) >>> LENGTH_BITS;
    }

    static int length(ByteBuffer buffer, int at) {
        return buffer.getInt(at + TYPE_AND_LENGTH) & LENGTH_MASK;
    }

    /** Prepares room at {@code at}: everything a payload might leave unwritten becomes zero. */
    static void prepare(ByteBuffer buffer, int at, int payloadLength) {
        buffer.putLong(at + recordBytes(payloadLength) - Long.BYTES, 0);
    }

    /** Completes the record whose payload is in place. Moves the buffer's position and limit. */
    void seal(ByteBuffer buffer, int at, int type, int payloadLength, int mask) {
        buffer.putInt(at + TYPE_AND_LENGTH, type << LENGTH_BITS | payloadLength);
        buffer.putInt(at, checksum(buffer, at + TYPE_AND_LENGTH, at + recordBytes(payloadLength)) ^ mask);
    }

    /** Whether the record at {@code at}, entirely in the buffer, is what was sealed. Moves position and limit. */
    boolean valid(ByteBuffer buffer, int at, int payloadLength, int mask) {
        int expected = buffer.getInt(at) ^ mask;
        return checksum(buffer, at + TYPE_AND_LENGTH, at + recordBytes(payloadLength)) == expected;
    }

    void putMarker(ByteBuffer buffer, int at, long forced, int mask) {
        buffer.putLong(at + HEADER_BYTES, forced);
        seal(buffer, at, MARKER, MARKER_PAYLOAD_BYTES, mask);
    }

    /** CRC32C of the bytes from {@code from} to {@code to}. Leaves position 0 and the limit at the capacity. */
    int checksum(ByteBuffer buffer, int from, int to) {
        crc.reset();
        crc.update(buffer.limit(to).position(from));
        buffer.clear();
        return (int) crc.getValue();
    }

    /** The mask of a position: the finalizer of SplitMix64, folded. */
    static int mask(long position, long salt) {
        long z = (position + 0x9E3779B97F4A7C15L) ^ salt;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return (int) (z ^ z >>> 31);
    }
}
