package dev.heddle.log;

/**
 * Sizes of a log, in bytes.
 *
 * @param segmentBytes upper bound of a segment's file; room for a segment header, a marker and the largest record, up
 *     to 1 GiB
 * @param appendBufferBytes records appended and not yet written; at least what a segment needs
 * @param maxPayloadBytes largest payload of a record, 1 to 8 MiB; older records may be larger, up to 1 MiB and 1 KiB: they
 *     are shown to who opens or scans the log, but can be neither read nor copied
 * @param readAheadBytes most that one read takes from the disk beyond the record asked for, 4096 to 16 MiB
 * @param salt goes into the checksums of every segment begun from now on. Random in production: whoever may choose
 *     payloads can then not make bytes that look like a record of ours.
 */
public record LogOptions(int segmentBytes, int appendBufferBytes, int maxPayloadBytes, int readAheadBytes, long salt) {
    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;

    /** A limit that makes sense. */
    private static final int LARGEST_PAYLOAD = 8 * MIB;

    /** What the server writes is never larger, whatever its limit was. */
    private static final int USUAL_PAYLOAD = MIB + KIB;

    public LogOptions {
        within("maxPayloadBytes", maxPayloadBytes, 1, LARGEST_PAYLOAD);
        int least = SegmentHeader.BYTES + RecordCodec.MARKER_BYTES + RecordCodec.recordBytes(maxPayloadBytes);
        within("segmentBytes", segmentBytes, least, 1 << 30);
        within("appendBufferBytes", appendBufferBytes, least, 1 << 30);
        within("readAheadBytes", readAheadBytes, 4 * KIB, 16 * MIB);
    }

    /** Segments of 64 MiB, payloads up to 1 MiB and 1 KiB, a MiB of room beside the largest record, 64 KiB ahead. */
    public static LogOptions defaults(long salt) {
        int maxPayload = MIB + KIB;
        return new LogOptions(64 * MIB, 2 * MIB + 4 * KIB, maxPayload, 64 * KIB, salt);
    }

    /** Off-heap memory that one log takes when it is opened; it takes no more later. */
    public long directBytes() {
        int scan = Math.max(scanBufferBytes(), RecordCodec.recordBytes(largestPayload()));
        return (long) appendBufferBytes + readBufferBytes() + scan + 2L * Watermark.SLOT_BYTES;
    }

    /** Of a record, under whatever limit it was written. */
    int largestPayload() {
        return Math.max(maxPayloadBytes, USUAL_PAYLOAD);
    }

    int readBufferBytes() {
        return Math.max(readAheadBytes, RecordCodec.recordBytes(maxPayloadBytes));
    }

    int scanBufferBytes() {
        return Math.max(4 * readAheadBytes, RecordCodec.recordBytes(maxPayloadBytes));
    }

    private static void within(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " is " + value + ", must be " + least + " to " + most);
        }
    }
}
