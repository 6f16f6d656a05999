package dev.heddle.bench.load;

import java.nio.ByteBuffer;

/** What every message of a run carries: the same long over and over, so that a glance at its end shows whether it is whole. */
final class Body {
    static final long PATTERN = 0x6865_6464_6c65_207eL;
    static final int SMALLEST = Long.BYTES;

    private Body() {}

    /** Of so many bytes, at least {@link #SMALLEST}; a part of the pattern comes first. */
    static byte[] of(int bytes) {
        byte[] body = new byte[bytes];
        for (int end = bytes; end > 0; end -= Long.BYTES) {
            for (int i = 1; i <= Math.min(Long.BYTES, end); i++) {
                body[end - i] = (byte) (PATTERN >>> ((i - 1) * 8));
            }
        }
        return body;
    }

    /** Whether what ends there ends as it should. */
    static boolean endsAt(ByteBuffer buffer, int end) {
        return buffer.getLong(end - Long.BYTES) == PATTERN;
    }
}
