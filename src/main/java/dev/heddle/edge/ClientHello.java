package dev.heddle.edge;

import java.nio.ByteBuffer;

/**
 * Whether a ClientHello may be given to an engine. An engine makes objects of all that it is offered, some of them thirty times
 * as large as their bytes, and keeps them for as long as the handshake stands still: so who offers far more than any client does
 * is refused before there is an engine. No state.
 *
 * <pre>
 *   record:  22 | version 2 | length 2 | message: 1 | length 3 | version 2 | random 32
 *            | session: u8, bytes | suites: u16, bytes | compressions: u8, bytes | extensions: u16, each type 2, u16, bytes
 * </pre>
 */
final class ClientHello {
    /** The type of a record of the handshake, while that is in plain text. */
    static final int RECORD_TYPE = 22;

    /** The largest record that is looked at: with a key share of 1.2 KB and a ticket clients need about half of it. */
    static final int MOST_RECORD_BYTES = 4096;

    private static final int MESSAGE_TYPE = 1;
    private static final int RECORD_HEADER = 5;
    private static final int MESSAGE_HEADER = 4;
    private static final int VERSION_AND_RANDOM = 34;

    private static final int MOST_SUITES_BYTES = 512;

    /** Of all extensions that are made lists of; the name of the server, which may have 255 bytes, is among them. */
    private static final int MOST_LISTS_BYTES = 640;

    /** Keys, and tickets of earlier sessions. */
    private static final int MOST_ENTRIES = 16;

    private static final int PADDING = 21;
    private static final int SESSION_TICKET = 35;
    private static final int PRE_SHARED_KEY = 41;
    private static final int COOKIE = 44;
    private static final int KEY_SHARE = 51;
    private static final int ENCRYPTED_HELLO = 0xfe0d;

    private static final String BROKEN = "a broken ClientHello";

    private ClientHello() {}

    /**
     * Why a record is refused; empty: an engine may have it.
     *
     * @param record all of it, from index 0 to the limit
     */
    static String objection(ByteBuffer record) {
        ByteBuffer in = record.duplicate().position(RECORD_HEADER);
        if (in.remaining() < MESSAGE_HEADER || in.get(in.position()) != MESSAGE_TYPE) {
            return "a handshake that does not begin with a ClientHello";
        }
        if ((in.getInt() & 0xffffff) != in.remaining()) {
            return "a ClientHello in parts";
        }
        if (in.remaining() < VERSION_AND_RANDOM) {
            return BROKEN;
        }
        in.position(in.position() + VERSION_AND_RANDOM);
        int session = skip(in, 1);
        int suites = skip(in, 2);
        int compressions = skip(in, 1);
        if (session < 0 || suites < 0 || compressions < 0) {
            return BROKEN;
        }
        if (suites > MOST_SUITES_BYTES) {
            return "a ClientHello with " + suites + " bytes of cipher suites";
        }
        return in.hasRemaining() ? ofExtensions(in) : "";
    }

    private static String ofExtensions(ByteBuffer in) {
        if (in.remaining() < 2 || (in.getShort() & 0xffff) != in.remaining()) {
            return BROKEN;
        }
        int lists = 0;
        while (in.hasRemaining()) {
            int type = in.remaining() < 2 ? 0 : in.getShort() & 0xffff;
            int start = in.position() + 2;
            int length = skip(in, 2);
            if (length < 0) {
                return BROKEN;
            }
            switch (type) {
                case PADDING, SESSION_TICKET, COOKIE, ENCRYPTED_HELLO -> {
                    // Kept as the bytes that they are, or not at all.
                }
                case KEY_SHARE, PRE_SHARED_KEY -> {
                    int behind = type == KEY_SHARE ? 0 : 4;
                    if (entries(in.slice(start, length), behind) > MOST_ENTRIES) {
                        return "a ClientHello with too many keys";
                    }
                }
                default -> lists += length;
            }
        }
        return lists > MOST_LISTS_BYTES ? "a ClientHello with " + lists + " bytes of offers" : "";
    }

    /** Entries of a list: a u16 in front of the bytes of each, and some bytes more before that or behind them. */
    private static int entries(ByteBuffer list, int behind) {
        int before = behind == 0 ? 2 : 0;
        int count = 0;
        if (list.remaining() < 2) {
            return 0;
        }
        int length = list.getShort() & 0xffff;
        list.limit(Math.min(list.limit(), list.position() + length));
        while (list.remaining() > before) {
            list.position(list.position() + before);
            int bytes = skip(list, 2);
            if (bytes < 0 || list.remaining() < behind) {
                break;
            }
            list.position(list.position() + behind);
            count++;
        }
        return count;
    }

    /** Passes over bytes with their number before them, of so many bytes itself; returns that number, -1: they are not there. */
    private static int skip(ByteBuffer in, int lengthBytes) {
        if (in.remaining() < lengthBytes) {
            return -1;
        }
        int length = lengthBytes == 1 ? in.get() & 0xff : in.getShort() & 0xffff;
        if (in.remaining() < length) {
            return -1;
        }
        in.position(in.position() + length);
        return length;
    }
}
