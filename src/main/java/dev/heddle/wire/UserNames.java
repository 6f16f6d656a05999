package dev.heddle.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What a user may be called: 1 to 128 bytes of UTF-8 without control characters (U+0000 to U+001F, U+007F). */
public final class UserNames {
    private UserNames() {}

    /** Whether the bytes there are a user name. The range lies within the buffer. */
    public static boolean valid(ByteBuffer source, int start, int length) {
        if (length < 1 || length > Protocol.MAX_NAME_BYTES) {
            return false;
        }
        int end = start + length;
        for (int at = start; at < end; ) {
            int lead = source.get(at) & 0xff;
            int size = sequenceLength(lead);
            if (size == 0 || at + size > end || !validSequence(source, at, lead, size)) {
                return false;
            }
            at += size;
        }
        return true;
    }

    /** Bytes of the UTF-8 sequence with this first byte; 0 if there is none, or it is a control character. */
    private static int sequenceLength(int lead) {
        if (lead < 0x80) {
            return lead >= 0x20 && lead != 0x7f ? 1 : 0;
        }
        if (lead < 0xc2) {
            return 0;
        }
        if (lead < 0xe0) {
            return 2;
        }
        return lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    }

    /** The Unicode standard's table of well-formed sequences: no overlong forms, no surrogates, nothing above U+10FFFF. */
    private static boolean validSequence(ByteBuffer source, int at, int lead, int size) {
        if (size == 1) {
            return true;
        }
        int second = source.get(at + 1) & 0xff;
        int least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        int most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        if (second < least || second > most) {
            return false;
        }
        for (int i = 2; i < size; i++) {
            if ((source.get(at + i) & 0xc0) != 0x80) {
                return false;
            }
        }
        return true;
    }

    /**
     * A name's bytes.
     *
     * @throws IllegalArgumentException if it is no user name
     */
    public static byte[] encode(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        boolean whole = new String(bytes, StandardCharsets.UTF_8).equals(name);
        if (!whole || !valid(ByteBuffer.wrap(bytes), 0, bytes.length)) {
            throw new IllegalArgumentException("not a user name: 1 to 128 bytes of UTF-8 without control characters");
        }
        return bytes;
    }
}
