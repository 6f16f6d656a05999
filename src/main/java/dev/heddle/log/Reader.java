package dev.heddle.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Owned by the log's thread: reads single records, verified, through one buffer of fixed size. A read that continues
 * where the buffer ends doubles what is taken from the disk, up to the read-ahead; one that jumps takes a little.
 */
final class Reader {
    private static final int SMALL_READ = 4096;

    private final ByteBuffer buffer;
    private final ByteBuffer visible;
    private final RecordCodec codec = new RecordCodec();
    private final int readAhead;

    private long start;
    private int filled;
    private int window = SMALL_READ;

    Reader(LogOptions options) {
        buffer = ByteBuffer.allocateDirect(options.readBufferBytes());
        visible = buffer.asReadOnlyBuffer();
        readAhead = options.readAheadBytes();
    }

    /** The payload at {@code position}; {@code payloadLength} below 0 stands for whatever the record says. */
    ByteBuffer read(Segment segment, long position, int payloadLength) throws IOException {
        int known = payloadLength < 0 ? RecordCodec.HEADER_BYTES : RecordCodec.recordBytes(payloadLength);
        need(segment, position, known);
        int at = (int) (position - start);
        int length = RecordCodec.length(buffer, at);
        if (payloadLength >= 0 && length != payloadLength) {
            throw segment.damaged(position, "no record of " + payloadLength + " bytes begins here");
        }
        int bytes = RecordCodec.recordBytes(length);
        need(segment, position, bytes);
        at = (int) (position - start);
        int type = RecordCodec.type(buffer, at);
        if (type < 1 || type > Log.MAX_TYPE || !codec.valid(buffer, at, length, segment.mask(position))) {
            throw segment.damaged(position, "the record's checksum does not match");
        }
        int payloadAt = at + RecordCodec.HEADER_BYTES;
        return visible.limit(payloadAt + length).position(payloadAt);
    }

    /** Forgets what was read ahead. */
    void forget() {
        filled = 0;
    }

    private void need(Segment segment, long position, int bytes) throws IOException {
        if (position >= start && position + bytes <= start + filled) {
            return;
        }
        if (bytes > buffer.capacity() || bytes > segment.end() - position) {
            throw segment.damaged(position, "a record of " + bytes + " bytes cannot be here");
        }
        boolean continues = position >= start && position <= start + filled && filled > 0;
        window = continues ? Math.min(window * 2, readAhead) : SMALL_READ;
        int wanted = (int) Math.min(Math.max(window, bytes), segment.end() - position);
        filled = 0;
        buffer.clear().limit(wanted);
        int got = segment.file().readFully(buffer, position - segment.base());
        buffer.clear();
        start = position;
        filled = got;
        if (got < bytes) {
            throw segment.damaged(position, "the file ends after " + got + " of " + bytes + " bytes");
        }
    }
}
