package dev.heddle.log;

import java.nio.ByteBuffer;

/**
 * Owned by the log's thread: the bytes that were appended and are not yet written, exactly as the files will hold them.
 * Bounded by its capacity, which never changes.
 *
 * <p>A segment that becomes full is no special case for whoever appends: the header of the next one is put into the
 * buffer where it belongs, and {@link #rollAt} remembers where the file changes. There is at most one such place at a
 * time; a record that needs a second one waits for the next write.
 */
final class AppendBuffer {
    private static final int NONE = -1;

    private final ByteBuffer buffer;
    private final ByteBuffer claimed;
    private final ByteBuffer visible;
    private final RecordCodec codec = new RecordCodec();
    private final LogOptions options;

    private long start;
    private int filled;
    private int rollAt = NONE;
    private long segmentBase;
    private long segmentSalt;
    private boolean segmentOpen;

    private int claimAt = NONE;
    private int claimLength;
    private boolean claimRolls;

    AppendBuffer(LogOptions options) {
        this.options = options;
        buffer = ByteBuffer.allocateDirect(options.appendBufferBytes());
        claimed = buffer.duplicate();
        visible = buffer.asReadOnlyBuffer();
    }

    /** Continues at {@code position}, in a new segment. */
    void startAt(long position) {
        start = position;
        segmentOpen = false;
        discard();
    }

    /** Continues at {@code position}, in the segment that begins at {@code base}. */
    void startAt(long position, long base, long salt) {
        start = position;
        segmentBase = base;
        segmentSalt = salt;
        segmentOpen = true;
        discard();
    }

    boolean hasRoom(int payloadLength) {
        int bytes = RecordCodec.recordBytes(payloadLength);
        if (filled + SegmentHeader.BYTES + RecordCodec.MARKER_BYTES + bytes > buffer.capacity()) {
            return false;
        }
        return rollAt == NONE || !overflows(bytes);
    }

    ByteBuffer claim(int payloadLength, long forced) {
        if (payloadLength < 0 || payloadLength > options.maxPayloadBytes()) {
            throw new IllegalArgumentException(
                    "payload of " + payloadLength + " bytes, limit " + options.maxPayloadBytes());
        }
        if (!hasRoom(payloadLength)) {
            throw new IllegalStateException("append buffer is full: write() first");
        }
        int marker = filled == 0 ? RecordCodec.MARKER_BYTES : 0;
        claimRolls = !segmentOpen || overflows(marker + RecordCodec.recordBytes(payloadLength));
        claimAt = filled + (claimRolls ? putSegmentHeader(forced) : marker > 0 ? putMarker(forced) : 0);
        claimLength = payloadLength;
        RecordCodec.prepare(buffer, claimAt, payloadLength);
        int payloadAt = claimAt + RecordCodec.HEADER_BYTES;
        return claimed.limit(payloadAt + payloadLength).position(payloadAt);
    }

    long commit(int type) {
        if (claimAt == NONE) {
            throw new IllegalStateException("commit without a claim");
        }
        if (type < 1 || type > Log.MAX_TYPE) {
            throw new IllegalArgumentException("type " + type + ", must be 1 to " + Log.MAX_TYPE);
        }
        if (claimRolls) {
            rollAt = filled;
            segmentBase = start + filled;
            segmentSalt = options.salt();
            segmentOpen = true;
        }
        long position = start + claimAt;
        codec.seal(buffer, claimAt, type, claimLength, RecordCodec.mask(position, segmentSalt));
        filled = claimAt + RecordCodec.recordBytes(claimLength);
        claimAt = NONE;
        return position;
    }

    /** Payload of a record that is in the buffer. */
    ByteBuffer read(long position, int payloadLength) {
        int at = Math.toIntExact(position - start);
        int stored = at + RecordCodec.HEADER_BYTES <= filled ? RecordCodec.length(buffer, at) : -1;
        if (stored < 0 || (payloadLength >= 0 && stored != payloadLength)) {
            throw new IllegalArgumentException("no record of " + payloadLength + " bytes at " + position);
        }
        int payloadAt = at + RecordCodec.HEADER_BYTES;
        return visible.limit(payloadAt + stored).position(payloadAt);
    }

    /** The bytes from one index up to another, to be written. Valid until the next call. */
    ByteBuffer bytes(int from, int to) {
        return visible.limit(to).position(from);
    }

    /** As {@link #bytes}, up to the end, and at most so many zeros behind it, a multiple of 8. An open claim is void. */
    ByteBuffer bytesAndZeros(int from, int zeros) {
        int to = Math.min(filled + zeros, buffer.capacity() & -Long.BYTES);
        for (int at = filled; at < to; at += Long.BYTES) {
            buffer.putLong(at, 0);
        }
        return bytes(from, Math.max(filled, to));
    }

    /** Everything in the buffer was written. */
    void written() {
        start += filled;
        filled = 0;
        rollAt = NONE;
        claimAt = NONE;
    }

    /** Forgets everything in the buffer. Where a segment was begun in it, {@link #startAt} must follow. */
    void discard() {
        filled = 0;
        rollAt = NONE;
        claimAt = NONE;
    }

    /** Position of the buffer's first byte. */
    long start() {
        return start;
    }

    /** Position behind its last byte. */
    long end() {
        return start + filled;
    }

    int filled() {
        return filled;
    }

    /** Index at which a new segment begins, or -1. */
    int rollAt() {
        return rollAt;
    }

    /** Base of the segment that the last byte belongs to. */
    long segmentBase() {
        return segmentBase;
    }

    private boolean overflows(int bytes) {
        return segmentOpen && start + filled + bytes - segmentBase > options.segmentBytes();
    }

    private int putSegmentHeader(long forced) {
        new SegmentHeader(start + filled, options.salt(), forced, SegmentHeader.VERSION, options.maxPayloadBytes())
                .put(buffer, filled, codec);
        return SegmentHeader.BYTES;
    }

    private int putMarker(long forced) {
        codec.putMarker(buffer, filled, forced, RecordCodec.mask(start + filled, segmentSalt));
        return RecordCodec.MARKER_BYTES;
    }
}
