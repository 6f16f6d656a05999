package dev.heddle.wire;

import java.nio.ByteBuffer;

/**
 * A server's frame, read in place; one thread at a time. The fields that its type has are valid until the next {@link #parse}.
 *
 * <pre>
 *   WELCOME 81:   version u8 | session u64 | firstId u64 | backlog u32 | frame limit u32 | heartbeat s u16 | server time ms u64
 *   ACCEPTED 82:  id u64
 *   DELIVER 83:   seq u64 | id u64 | accepted at ms u64 | flags u8 | sender str | body
 *   PRESENCE 84:  tag u32 | state u8 | last seen ms u64 | user str
 *   SIGNALLED 85: sender str | body
 *   PONG 86:      opaque u64
 *   REJECTED 87:  id u64 | code u16 | reason
 *   GOODBYE 88:   code u16 | retry after ms u32 | reason
 * </pre>
 */
public final class ServerFrame {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private ByteBuffer buffer = NOTHING;
    private int type;
    private int at;
    private int nameStart;
    private int nameLength;
    private int bodyStart;
    private int bodyLength;

    /** Reads the frame between these indexes; false if it is malformed or of no known type. */
    public boolean parse(ByteBuffer source, int frameType, int from, int to) {
        buffer = source;
        type = frameType;
        at = from;
        int size = to - from;
        return switch (frameType) {
            case Protocol.WELCOME -> size == 35;
            case Protocol.ACCEPTED, Protocol.PONG -> size == 8;
            case Protocol.DELIVER -> size >= 26 && name(from + 25, to) && rest(nameStart + nameLength, to);
            case Protocol.PRESENCE -> size >= 14 && name(from + 13, to) && nameStart + nameLength == to;
            case Protocol.SIGNALLED -> size >= 1 && name(from, to) && rest(nameStart + nameLength, to);
            case Protocol.REJECTED -> size >= 10 && rest(from + 10, to);
            case Protocol.GOODBYE -> size >= 6 && rest(from + 6, to);
            default -> false;
        };
    }

    private boolean name(int from, int to) {
        nameStart = from + 1;
        nameLength = buffer.get(from) & 0xff;
        return nameLength <= to - nameStart;
    }

    private boolean rest(int from, int to) {
        bodyStart = from;
        bodyLength = to - from;
        return true;
    }

    public int type() {
        return type;
    }

    /** WELCOME's. */
    public int version() {
        return buffer.get(at) & 0xff;
    }

    /** WELCOME's. */
    public long session() {
        return buffer.getLong(at + 1);
    }

    /** WELCOME's. */
    public long firstId() {
        return buffer.getLong(at + 9);
    }

    /** WELCOME's: messages waiting. */
    public long backlog() {
        return buffer.getInt(at + 17) & 0xffffffffL;
    }

    /** WELCOME's, bytes. */
    public int frameLimit() {
        return buffer.getInt(at + 21);
    }

    /** WELCOME's. */
    public int heartbeatSeconds() {
        return buffer.getShort(at + 25) & 0xffff;
    }

    /** WELCOME's, milliseconds since 1970. */
    public long serverTime() {
        return buffer.getLong(at + 27);
    }

    /** The id of ACCEPTED, REJECTED and DELIVER. */
    public long id() {
        return buffer.getLong(type == Protocol.DELIVER ? at + 8 : at);
    }

    /** DELIVER's. */
    public long seq() {
        return buffer.getLong(at);
    }

    /** DELIVER's, milliseconds since 1970. */
    public long acceptedAt() {
        return buffer.getLong(at + 16);
    }

    /** DELIVER's. */
    public int flags() {
        return buffer.get(at + 24) & 0xff;
    }

    /** PRESENCE's. */
    public int tag() {
        return buffer.getInt(at);
    }

    /** PRESENCE's, a number of {@link PresenceState}. */
    public int state() {
        return buffer.get(at + 4) & 0xff;
    }

    /** PRESENCE's, milliseconds since 1970; 0: never. */
    public long lastSeen() {
        return buffer.getLong(at + 5);
    }

    /** PONG's. */
    public long opaque() {
        return buffer.getLong(at);
    }

    /** The number of REJECTED or GOODBYE. */
    public int code() {
        return buffer.getShort(type == Protocol.REJECTED ? at + 8 : at) & 0xffff;
    }

    /** GOODBYE's, milliseconds; 0: no advice. */
    public long retryAfterMillis() {
        return buffer.getInt(at + 2) & 0xffffffffL;
    }

    /** A copy of the sender's or user's name. */
    public byte[] name() {
        byte[] name = new byte[nameLength];
        buffer.get(nameStart, name);
        return name;
    }

    public int nameStart() {
        return nameStart;
    }

    public int nameLength() {
        return nameLength;
    }

    /** A copy of the body, or of the reason. */
    public byte[] body() {
        byte[] body = new byte[bodyLength];
        buffer.get(bodyStart, body);
        return body;
    }

    public int bodyStart() {
        return bodyStart;
    }

    public int bodyLength() {
        return bodyLength;
    }
}
