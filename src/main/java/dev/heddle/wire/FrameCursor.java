package dev.heddle.wire;

import java.nio.ByteBuffer;

/**
 * Walks over the frames in a region of a buffer, by absolute reads; one thread at a time. Constant in size.
 */
public final class FrameCursor {
    /** What stands at the cursor. */
    public enum Step {
        /** A whole frame; the accessors tell where. */
        FRAME,
        /** The region ends within a frame, or right behind one. */
        INCOMPLETE,
        /** A length of 0. */
        ZERO_LENGTH,
        /** A length above the limit. */
        TOO_LARGE
    }

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final int frameLimit;
    private ByteBuffer buffer = NOTHING;
    private int at;
    private int end;
    private int start;
    private int length;

    /** A cursor for frames of at most {@code frameLimit} bytes, type and body. */
    public FrameCursor(int frameLimit) {
        this.frameLimit = frameLimit;
    }

    /** Begins at {@code from}; nothing at {@code to} or behind it is read. */
    public void wrap(ByteBuffer region, int from, int to) {
        buffer = region;
        at = from;
        end = to;
        start = from;
        length = 0;
    }

    /** Steps over the next frame, if it is whole. */
    public Step next() {
        int left = end - at;
        if (left < Protocol.LENGTH_BYTES) {
            return Step.INCOMPLETE;
        }
        int size = buffer.getInt(at);
        if (size == 0) {
            return Step.ZERO_LENGTH;
        }
        if (Integer.compareUnsigned(size, frameLimit) > 0) {
            return Step.TOO_LARGE;
        }
        if (left - Protocol.LENGTH_BYTES < size) {
            return Step.INCOMPLETE;
        }
        start = at;
        length = size;
        at += Protocol.LENGTH_BYTES + size;
        return Step.FRAME;
    }

    public int type() {
        return buffer.get(start + Protocol.LENGTH_BYTES) & 0xff;
    }

    /** Where the frame's length field stands. */
    public int start() {
        return start;
    }

    public int bodyStart() {
        return start + Protocol.LENGTH_BYTES + 1;
    }

    public int bodyEnd() {
        return start + Protocol.LENGTH_BYTES + length;
    }

    /** Behind the last whole frame. */
    public int consumed() {
        return at;
    }
}
