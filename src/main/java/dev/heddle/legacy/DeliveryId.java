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

    static void put(ByteBuffer out, int start, long seq) {
        int at = start;
        for (int shift = 60; shift >= 0; shift -= 4) {
            out.put(at++, (byte) DIGITS.charAt((int) (seq >>> shift) & 0xf));
        }
    }

    static boolean isDigit(byte character) {
        return DIGITS.indexOf(character) >= 0;
    }

    /** Of the 16 bytes from there on, whatever they are. */
    static long get(ByteBuffer in, int start) {
        long seq = 0;
        for (int at = start; at < start + BYTES; at++) {
            int digit = DIGITS.indexOf(in.get(at));
            if (digit < 0) {
                return NONE;
            }
            seq = seq << 4 | digit;
        }
        return seq;
    }
}
