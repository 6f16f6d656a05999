package dev.heddle.wire;

/**
 * The protocol's numbers.
 *
 * <pre>
 *   | length u32 | type u8 | body: length - 1 bytes |      big-endian, unsigned
 * </pre>
 */
public final class Protocol {
    public static final int VERSION = 1;
    public static final int DEFAULT_PORT = 7400;

    /** Largest length (type and body) in bytes unless configured. */
    public static final int DEFAULT_FRAME_LIMIT = 1 << 20;

    /** The length field, which does not count itself. */
    public static final int LENGTH_BYTES = 4;

    /** A user name is 1 to this many bytes of UTF-8. */
    public static final int MAX_NAME_BYTES = 128;

    /** LOGIN's token has at most this many bytes: so that every LOGIN fits a small buffer. */
    public static final int MAX_TOKEN_BYTES = 3072;

    // From the client.
    public static final int LOGIN = 0x01;
    public static final int SEND = 0x02;
    public static final int ACK = 0x03;
    public static final int QUERY = 0x04;
    public static final int WATCH = 0x05;
    public static final int UNWATCH = 0x06;
    public static final int SIGNAL = 0x07;
    public static final int PING = 0x08;
    public static final int LOGOUT = 0x09;

    // From the server.
    public static final int WELCOME = 0x81;
    public static final int ACCEPTED = 0x82;
    public static final int DELIVER = 0x83;
    public static final int PRESENCE = 0x84;
    public static final int SIGNALLED = 0x85;
    public static final int PONG = 0x86;
    public static final int REJECTED = 0x87;
    public static final int GOODBYE = 0x88;

    /** DELIVER's flag: this seq was sent before. */
    public static final int FLAG_SENT_BEFORE = 1;

    private Protocol() {}
}
