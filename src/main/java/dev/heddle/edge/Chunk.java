package dev.heddle.edge;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A buffer of frames for one client; owned by whoever filled it, then by the queue that it was offered to. A frame that does
 * not fit goes on in the {@link #next} one: what hangs together is queued as one, so that nothing can come between.
 */
final class Chunk {
    final ByteBuffer bytes;

    /** Nothing comes after it: what is still to be announced goes before. */
    final boolean goodbye;

    @Nullable
    Chunk next;

    Chunk(ByteBuffer bytes) {
        this(bytes, false);
    }

    Chunk(ByteBuffer bytes, boolean goodbye) {
        this.bytes = bytes;
        this.goodbye = goodbye;
    }

    /** The end of what hangs together: after it a frame ends. */
    Chunk last() {
        Chunk last = this;
        while (last.next != null) {
            last = last.next;
        }
        return last;
    }

    /** Bytes left to be read, in this one and those that follow. */
    int remaining() {
        int sum = 0;
        for (Chunk each = this; each != null; each = each.next) {
            sum += each.bytes.remaining();
        }
        return sum;
    }

    void release(BufferPool pool) {
        for (Chunk each = this; each != null; each = each.next) {
            pool.release(each.bytes);
        }
    }
}
