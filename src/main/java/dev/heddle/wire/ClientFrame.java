package dev.heddle.wire;

import java.nio.ByteBuffer;

/**
 * A client's frame, read in place; one thread at a time. The fields that its type has are valid until the next {@link #parse},
 * as long as the buffer is unchanged; the others are whatever they were.
 *
 * <pre>
 *   LOGIN 01:  version u8 (1) | user str | cursor u64 | token length u16 | token        str: length u8 | UTF-8
 *   SEND 02:   id u64 | recipient str | body
 *   ACK 03:    seq u64
 *   QUERY 04:  tag u32 | user str
 *   WATCH 05, UNWATCH 06: user str
 *   SIGNAL 07: recipient str | body
 *   PING 08:   opaque u64
 *   LOGOUT 09: -
 * </pre>
 */
public final class ClientFrame {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private ByteBuffer buffer = NOTHING;
    private int type;
    private int version;
    private int tag;
    private long number;
    private int nameStart;
    private int nameLength;
    private int bodyStart;
    private int bodyLength;

    public static boolean isKnown(int type) {
        return type >= Protocol.LOGIN && type <= Protocol.LOGOUT;
    }

    /**
     * Reads the frame between these indexes (its body, without length and type).
     *
     * @return false if it is malformed: of no known type, shorter than its fields, or with bytes left over. A name that is
     *     none is told apart by {@link #nameValid}.
     */
    public boolean parse(ByteBuffer source, int frameType, int from, int to) {
        buffer = source;
        type = frameType;
        return switch (frameType) {
            case Protocol.LOGIN -> login(from, to);
            case Protocol.SEND -> number(from, to) && name(from + 8, to) && rest(to);
            case Protocol.ACK, Protocol.PING -> number(from, to) && from + 8 == to;
            case Protocol.QUERY -> tag(from, to) && name(from + 4, to) && nameEnd() == to;
            case Protocol.WATCH, Protocol.UNWATCH -> name(from, to) && nameEnd() == to;
            case Protocol.SIGNAL -> name(from, to) && rest(to);
            case Protocol.LOGOUT -> from == to;
            default -> false;
        };
    }

    private boolean login(int from, int to) {
        if (to - from < 1) {
            return false;
        }
        version = buffer.get(from) & 0xff;
        if (!name(from + 1, to)) {
            return false;
        }
        int at = nameEnd();
        if (!number(at, to) || to - at < 10) {
            return false;
        }
        bodyStart = at + 10;
        bodyLength = buffer.getShort(at + 8) & 0xffff;
        return bodyStart + bodyLength == to;
    }

    private boolean number(int at, int to) {
        if (to - at < 8) {
            return false;
        }
        number = buffer.getLong(at);
        return true;
    }

    private boolean tag(int at, int to) {
        if (to - at < 4) {
            return false;
        }
        tag = buffer.getInt(at);
        return true;
    }

    private boolean name(int at, int to) {
        if (to - at < 1) {
            return false;
        }
        nameStart = at + 1;
        nameLength = buffer.get(at) & 0xff;
        return nameLength <= to - nameStart;
    }

    private boolean rest(int to) {
        bodyStart = nameEnd();
        bodyLength = to - bodyStart;
        return true;
    }

    private int nameEnd() {
        return nameStart + nameLength;
    }

    public ByteBuffer buffer() {
        return buffer;
    }

    public int type() {
        return type;
    }

    /** LOGIN's. */
    public int version() {
        return version;
    }

    /** LOGIN's. */
    public long cursor() {
        return number;
    }

    /** SEND's, unsigned. */
    public long id() {
        return number;
    }

    /** ACK's, unsigned. */
    public long seq() {
        return number;
    }

    /** PING's. */
    public long opaque() {
        return number;
    }

    /** QUERY's. */
    public int tag() {
        return tag;
    }

    /** Whether the user or recipient is a user name. */
    public boolean nameValid() {
        return UserNames.valid(buffer, nameStart, nameLength);
    }

    public int nameStart() {
        return nameStart;
    }

    public int nameLength() {
        return nameLength;
    }

    /** A copy of the name's bytes. */
    public byte[] name() {
        byte[] name = new byte[nameLength];
        buffer.get(nameStart, name);
        return name;
    }

    /** The body of SEND and SIGNAL, LOGIN's token. */
    public int bodyStart() {
        return bodyStart;
    }

    public int bodyLength() {
        return bodyLength;
    }

    /** A copy of the body's bytes. */
    public byte[] body() {
        byte[] body = new byte[bodyLength];
        buffer.get(bodyStart, body);
        return body;
    }
}
