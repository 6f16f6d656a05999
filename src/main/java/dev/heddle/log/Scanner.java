package dev.heddle.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Owned by the log's thread: walks the records of a segment in order, through one buffer, which grows where records were written
 * under a higher limit than the one of now. It stops at the first record that is not valid and leaves it to the caller what that
 * means.
 */
final class Scanner {
    private final int largestPayload;
    private ByteBuffer buffer;
    private ByteBuffer visible;
    private final RecordCodec codec = new RecordCodec();

    private long start;
    private int filled;

    Scanner(LogOptions options) {
        largestPayload = options.largestPayload();
        buffer = ByteBuffer.allocateDirect(options.scanBufferBytes());
        visible = buffer.asReadOnlyBuffer();
    }

    /**
     * Shows the records from {@code from}, at least one and then until {@code budget} bytes are used up, to
     * {@code visitor}.
     *
     * @param end where the segment ends
     * @return where the next record begins, {@code end} after the last one; {@code -1 - position} where the record at
     *     {@code position} is not valid
     */
    long scan(Segment segment, long from, long end, long budget, RecordVisitor visitor) throws IOException {
        start = from;
        filled = 0;
        long position = from;
        while (position < end && position - from < budget) {
            long ahead = budget - (position - from);
            if (!has(segment, position, RecordCodec.HEADER_BYTES, end, ahead)) {
                return -1 - position;
            }
            int length = RecordCodec.length(buffer, (int) (position - start));
            int bytes = RecordCodec.recordBytes(length);
            // It is believed before the checksum is: what lay here before may say anything.
            if (length > largestPayload || bytes > end - position) {
                return -1 - position;
            }
            if (bytes > buffer.capacity()) {
                grow(bytes);
            }
            if (!has(segment, position, bytes, end, ahead)) {
                return -1 - position;
            }
            int at = (int) (position - start);
            int type = RecordCodec.type(buffer, at);
            if (type == 0 || !codec.valid(buffer, at, length, segment.mask(position))) {
                return -1 - position;
            }
            if (type != RecordCodec.MARKER) {
                visible.clear();
                visitor.record(position, type, visible, at + RecordCodec.HEADER_BYTES, length);
            }
            position += bytes;
        }
        return position;
    }

    /**
     * The highest position that any marker in these bytes, valid or not around it, says was forced; 0 if there is none.
     * Looks at every multiple of 8 from {@code from} on. A marker never says more than where it stands.
     */
    long highestMarker(Segment segment, long from, long end) throws IOException {
        start = from;
        filled = 0;
        long highest = 0;
        int header = RecordCodec.MARKER << 24 | RecordCodec.MARKER_PAYLOAD_BYTES;
        for (long position = from;
                has(segment, position, RecordCodec.MARKER_BYTES, end, Long.MAX_VALUE);
                position += Long.BYTES) {
            int at = (int) (position - start);
            if (buffer.getInt(at + 4) == header
                    && buffer.getLong(at + RecordCodec.HEADER_BYTES) <= position
                    && codec.valid(buffer, at, RecordCodec.MARKER_PAYLOAD_BYTES, segment.mask(position))) {
                highest = Math.max(highest, buffer.getLong(at + RecordCodec.HEADER_BYTES));
            }
        }
        return highest;
    }

    /** Writes the bytes from {@code from} to {@code end} back to where they are, which makes them dirty once more. */
    void rewrite(Segment segment, long from, long end) throws IOException {
        DiskFile file = segment.file();
        for (long position = from; position < end; position += buffer.limit()) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), end - position));
            if (file.readFully(buffer, position - segment.base()) < buffer.limit()) {
                throw segment.damaged(position, "the file became shorter while it was read");
            }
            file.writeFully(buffer.flip(), position - segment.base());
        }
        buffer.clear();
    }

    private void grow(int bytes) {
        ByteBuffer larger = ByteBuffer.allocateDirect(bytes);
        larger.put(0, buffer, 0, filled);
        buffer = larger;
        visible = larger.asReadOnlyBuffer();
    }

    /** @param ahead bytes from the position on that are going to be wanted: no more of them is read, if they are enough */
    private boolean has(Segment segment, long position, int bytes, long end, long ahead) throws IOException {
        int at = (int) (position - start);
        if (at + bytes <= filled) {
            return true;
        }
        if (position + bytes > end) {
            return false;
        }
        buffer.limit(filled).position(at);
        buffer.compact();
        start = position;
        int kept = filled - at;
        long wanted = Math.min(end - position, Math.max(ahead, bytes));
        buffer.limit((int) Math.max(kept, Math.min(buffer.capacity(), wanted)));
        filled = kept + segment.file().readFully(buffer, position + kept - segment.base());
        buffer.clear();
        return filled >= bytes;
    }
}
