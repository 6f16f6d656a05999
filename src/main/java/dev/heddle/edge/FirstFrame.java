package dev.heddle.edge;

import dev.heddle.wire.ClientFrame;
import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.FrameCursor;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.Protocol;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a connection began with: a LOGIN, or the reason why there will be no session.
 *
 * @param login points into the buffer that was read; null if it was refused
 * @param refusal null if it was not
 * @param consumed where the next frame begins
 */
record FirstFrame(@Nullable ClientFrame login, @Nullable GoodbyeCode refusal, String reason, int consumed) {
    /** With the longest name and the longest token: before it nobody gets memory for more than a small buffer. */
    private static final int LONGEST =
            ClientFrames.loginSize(Protocol.MAX_NAME_BYTES, Protocol.MAX_TOKEN_BYTES) - Protocol.LENGTH_BYTES;

    private static final String TOO_LARGE =
            "the first frame is a LOGIN, and its token at most " + Protocol.MAX_TOKEN_BYTES + " bytes";

    /** Looks at the bytes before {@code to}; null if the frame is not whole yet. */
    static @Nullable FirstFrame read(ByteBuffer buffer, int to, int frameLimit) {
        FrameCursor cursor = new FrameCursor(Math.min(frameLimit, LONGEST));
        cursor.wrap(buffer, 0, to);
        return switch (cursor.next()) {
            case INCOMPLETE -> null;
            case ZERO_LENGTH -> refused(GoodbyeCode.MALFORMED, "a frame of length 0");
            case TOO_LARGE -> refused(GoodbyeCode.FRAME_TOO_LARGE, TOO_LARGE);
            case FRAME -> judge(buffer, cursor);
        };
    }

    private static FirstFrame judge(ByteBuffer buffer, FrameCursor cursor) {
        if (cursor.type() != Protocol.LOGIN) {
            boolean known = ClientFrame.isKnown(cursor.type());
            return refused(known ? GoodbyeCode.LOGIN_REQUIRED : GoodbyeCode.MALFORMED, "LOGIN comes first");
        }
        if (cursor.bodyEnd() > cursor.bodyStart() && (buffer.get(cursor.bodyStart()) & 0xff) != Protocol.VERSION) {
            return refused(GoodbyeCode.UNSUPPORTED_VERSION, "this server speaks version " + Protocol.VERSION);
        }
        ClientFrame login = new ClientFrame();
        if (!login.parse(buffer, cursor.type(), cursor.bodyStart(), cursor.bodyEnd()) || !login.nameValid()) {
            return refused(GoodbyeCode.MALFORMED, "not a LOGIN of this protocol");
        }
        if (login.bodyLength() > Protocol.MAX_TOKEN_BYTES) {
            return refused(GoodbyeCode.FRAME_TOO_LARGE, TOO_LARGE);
        }
        return new FirstFrame(login, null, "", cursor.consumed());
    }

    private static FirstFrame refused(GoodbyeCode code, String reason) {
        return new FirstFrame(null, code, reason, 0);
    }
}
