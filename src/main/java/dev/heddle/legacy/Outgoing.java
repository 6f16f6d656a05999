package dev.heddle.legacy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** What goes to one peer; one thread at a time. Bounded by its buffer: what does not fit waits until the peer has read. */
final class Outgoing {
    static final int BYTES = 8 * 1024;

    private final OutputStream out;
    private final ByteBuffer buffer = ByteBuffer.allocate(BYTES);

    Outgoing(OutputStream out) {
        this.out = out;
    }

    /** A buffer with room for so many bytes, up to {@link #BYTES}. */
    ByteBuffer room(int count) throws IOException {
        if (buffer.remaining() < count) {
            flush();
        }
        return buffer;
    }

    void write(byte[] from, int offset, int count) throws IOException {
        if (count <= BYTES) {
            room(count).put(from, offset, count);
        } else {
            flush();
            out.write(from, offset, count);
        }
    }

    void flush() throws IOException {
        if (buffer.position() > 0) {
            out.write(buffer.array(), 0, buffer.position());
            buffer.clear();
        }
    }
}
