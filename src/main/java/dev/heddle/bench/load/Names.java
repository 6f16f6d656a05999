package dev.heddle.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Users that are told apart by a number: a prefix and five hexadecimal digits, so that a frame is made another user's by
 * writing five bytes. Immutable.
 */
public final class Names {
    /** So many users a prefix has at most. */
    public static final int MOST = 1 << 20;

    static final int DIGITS = 5;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final byte[] first;

    public Names(String prefix) {
        first = (prefix + "0".repeat(DIGITS)).getBytes(StandardCharsets.US_ASCII);
    }

    /** Of the user with this number, 0 to {@link #MOST} - 1. */
    byte[] name(int number) {
        byte[] name = first.clone();
        write(ByteBuffer.wrap(name), name.length, number);
        return name;
    }

    /** Writes the digits that end at {@code end}. */
    static void write(ByteBuffer buffer, int end, int number) {
        int rest = number;
        for (int at = end - 1; at >= end - DIGITS; at--) {
            buffer.put(at, HEX[rest & 15]);
            rest >>>= 4;
        }
    }

    /** Reads the digits that end at {@code end}; what is no digit gives some number. */
    static int read(ByteBuffer buffer, int end) {
        int number = 0;
        for (int at = end - DIGITS; at < end; at++) {
            int digit = buffer.get(at);
            number = (number << 4) | ((digit & 15) + (digit >>> 6) * 9);
        }
        return number & (MOST - 1);
    }
}
