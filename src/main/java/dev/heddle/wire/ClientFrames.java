package dev.heddle.wire;

import java.nio.ByteBuffer;

/**
 * Writes the client's frames, each at the buffer's position, as {@link ClientFrame} draws them. Sizes count the whole frame
 * with its length field. A buffer without room throws {@link java.nio.BufferOverflowException}.
 */
public final class ClientFrames {
    private static final int HEAD = Protocol.LENGTH_BYTES + 1;

    public static final int ACK_BYTES = HEAD + 8;
    public static final int PING_BYTES = HEAD + 8;
    public static final int LOGOUT_BYTES = HEAD;

    private ClientFrames() {}

    public static int loginSize(int userLength, int tokenLength) {
        return HEAD + 2 + userLength + 10 + tokenLength;
    }

    public static int sendSize(int recipientLength, int bodyLength) {
        return HEAD + 9 + recipientLength + bodyLength;
    }

    public static int querySize(int userLength) {
        return HEAD + 5 + userLength;
    }

    /** WATCH and UNWATCH. */
    public static int watchSize(int userLength) {
        return HEAD + 1 + userLength;
    }

    public static int signalSize(int recipientLength, int bodyLength) {
        return HEAD + 1 + recipientLength + bodyLength;
    }

    private static ByteBuffer head(ByteBuffer out, int size, int type) {
        return out.putInt(size - Protocol.LENGTH_BYTES).put((byte) type);
    }

    public static void login(ByteBuffer out, byte[] user, long cursor, byte[] token) {
        head(out, loginSize(user.length, token.length), Protocol.LOGIN)
                .put((byte) Protocol.VERSION)
                .put((byte) user.length)
                .put(user)
                .putLong(cursor)
                .putShort((short) token.length)
                .put(token);
    }

    public static void send(ByteBuffer out, long id, byte[] recipient, byte[] body) {
        sendHeader(out, id, recipient, body.length);
        out.put(body);
    }

    /** SEND up to its body, which has to follow. */
    public static void sendHeader(ByteBuffer out, long id, byte[] recipient, int bodyLength) {
        head(out, sendSize(recipient.length, bodyLength), Protocol.SEND)
                .putLong(id)
                .put((byte) recipient.length)
                .put(recipient);
    }

    public static void ack(ByteBuffer out, long seq) {
        head(out, ACK_BYTES, Protocol.ACK).putLong(seq);
    }

    public static void query(ByteBuffer out, int tag, byte[] user) {
        head(out, querySize(user.length), Protocol.QUERY)
                .putInt(tag)
                .put((byte) user.length)
                .put(user);
    }

    public static void watch(ByteBuffer out, byte[] user) {
        head(out, watchSize(user.length), Protocol.WATCH)
                .put((byte) user.length)
                .put(user);
    }

    public static void unwatch(ByteBuffer out, byte[] user) {
        head(out, watchSize(user.length), Protocol.UNWATCH)
                .put((byte) user.length)
                .put(user);
    }

    public static void signal(ByteBuffer out, byte[] recipient, byte[] body) {
        head(out, signalSize(recipient.length, body.length), Protocol.SIGNAL)
                .put((byte) recipient.length)
                .put(recipient)
                .put(body);
    }

    public static void ping(ByteBuffer out, long opaque) {
        head(out, PING_BYTES, Protocol.PING).putLong(opaque);
    }

    public static void logout(ByteBuffer out) {
        head(out, LOGOUT_BYTES, Protocol.LOGOUT);
    }
}
