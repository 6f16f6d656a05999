package dev.heddle.legacy;

import java.nio.ByteBuffer;

/**
 * The id of a delivery: its seq in the inbox, in 16 lower-case hexadecimal digits. So it is unique within the inbox, the same
 * whenever this message is delivered, in the order of delivery, and printable.
 */
final class DeliveryId {
    static final int BYTES = 16;

    /** What an id stands for that is none of ours; no message has this seq. */
    static final long NONE = 0;

    private static final String DIGITS = "0123456789abcdef";

    private DeliveryId() {}

    static void put(ByteBuffer out, long seq) {
        for (int shift = 60; shift >= 0; shift -= 4) {
            out.put((byte) DIGITS.charAt((int) (seq >>> shift) & 0xf));
        }
    }

    /** Takes 16 bytes, whatever they are. */
    static long take(ByteBuffer in) {
        long seq = 0;
        boolean ours = true;
        for (int i = 0; i < BYTES; i++) {
            int digit = DIGITS.indexOf(in.get());
            ours &= digit >= 0;
            seq = seq << 4 | (digit & 0xf);
        }
        return ours ? seq : NONE;
    }
}
