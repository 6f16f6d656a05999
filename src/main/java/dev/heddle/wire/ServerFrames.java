package dev.heddle.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Writes the server's frames, each at the buffer's position, as {@link ServerFrame} draws them. Sizes count the whole frame
 * with its length field. A buffer without room throws {@link java.nio.BufferOverflowException}.
 */
public final class ServerFrames {
    private static final int HEAD = Protocol.LENGTH_BYTES + 1;

    public static final int WELCOME_BYTES = HEAD + 35;
    public static final int ACCEPTED_BYTES = HEAD + 8;
    public static final int PONG_BYTES = HEAD + 8;

    private static final int DELIVER_HEAD = HEAD + 26;
    private static final int PRESENCE_HEAD = HEAD + 14;
    private static final int REJECTED_HEAD = HEAD + 10;
    private static final int GOODBYE_HEAD = HEAD + 6;

    private ServerFrames() {}

    public static int deliverSize(int senderLength, int bodyLength) {
        return DELIVER_HEAD + senderLength + bodyLength;
    }

    public static int presenceSize(int userLength) {
        return PRESENCE_HEAD + userLength;
    }

    public static int signalledSize(int senderLength, int bodyLength) {
        return HEAD + 1 + senderLength + bodyLength;
    }

    /** Size of a REJECTED with a reason of so many ASCII characters. */
    public static int rejectedSize(int reasonLength) {
        return REJECTED_HEAD + reasonLength;
    }

    /** Size of a GOODBYE with a reason of so many ASCII characters. */
    public static int goodbyeSize(int reasonLength) {
        return GOODBYE_HEAD + reasonLength;
    }

    private static ByteBuffer head(ByteBuffer out, int size, int type) {
        return out.putInt(size - Protocol.LENGTH_BYTES).put((byte) type);
    }

    public static void welcome(
            ByteBuffer out,
            long session,
            long firstId,
            int backlog,
            int frameLimit,
            int heartbeatSeconds,
            long serverTimeMillis) {
        head(out, WELCOME_BYTES, Protocol.WELCOME)
                .put((byte) Protocol.VERSION)
                .putLong(session)
                .putLong(firstId)
                .putInt(backlog)
                .putInt(frameLimit)
                .putShort((short) heartbeatSeconds)
                .putLong(serverTimeMillis);
    }

    public static void accepted(ByteBuffer out, long id) {
        head(out, ACCEPTED_BYTES, Protocol.ACCEPTED).putLong(id);
    }

    /** DELIVER up to and with the length of the sender's name; the name and the body have to follow. */
    public static void deliverHeader(
            ByteBuffer out, long seq, long id, long acceptedAtMillis, int flags, int senderLength, int bodyLength) {
        head(out, deliverSize(senderLength, bodyLength), Protocol.DELIVER)
                .putLong(seq)
                .putLong(id)
                .putLong(acceptedAtMillis)
                .put((byte) flags)
                .put((byte) senderLength);
    }

    public static void presence(ByteBuffer out, int tag, PresenceState state, long lastSeenMillis, byte[] user) {
        head(out, presenceSize(user.length), Protocol.PRESENCE)
                .putInt(tag)
                .put((byte) state.code())
                .putLong(lastSeenMillis)
                .put((byte) user.length)
                .put(user);
    }

    /** SIGNALLED up to and with the sender's name; the body has to follow. */
    public static void signalledHeader(ByteBuffer out, byte[] sender, int bodyLength) {
        head(out, signalledSize(sender.length, bodyLength), Protocol.SIGNALLED)
                .put((byte) sender.length)
                .put(sender);
    }

    public static void pong(ByteBuffer out, long opaque) {
        head(out, PONG_BYTES, Protocol.PONG).putLong(opaque);
    }

    /** REJECTED, whose reason is ASCII. */
    public static void rejected(ByteBuffer out, long id, RejectCode code, String reason) {
        head(out, rejectedSize(reason.length()), Protocol.REJECTED)
                .putLong(id)
                .putShort((short) code.code())
                .put(reason.getBytes(StandardCharsets.US_ASCII));
    }

    /** GOODBYE, whose reason is ASCII. */
    public static void goodbye(ByteBuffer out, GoodbyeCode code, int retryAfterMillis, String reason) {
        head(out, goodbyeSize(reason.length()), Protocol.GOODBYE)
                .putShort((short) code.code())
                .putInt(retryAfterMillis)
                .put(reason.getBytes(StandardCharsets.US_ASCII));
    }
}
