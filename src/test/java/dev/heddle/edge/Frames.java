package dev.heddle.edge;

import dev.heddle.wire.FrameCursor;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.PresenceState;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.RejectCode;
import dev.heddle.wire.ServerFrame;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The server's frames in words. */
final class Frames {
    private Frames() {}

    /** All frames of these bytes, which have to be whole. */
    static List<String> of(ByteBuffer bytes) {
        List<String> frames = new ArrayList<>();
        FrameCursor cursor = new FrameCursor(Protocol.DEFAULT_FRAME_LIMIT);
        ServerFrame frame = new ServerFrame();
        cursor.wrap(bytes, bytes.position(), bytes.limit());
        while (cursor.next() == FrameCursor.Step.FRAME) {
            if (!frame.parse(bytes, cursor.type(), cursor.bodyStart(), cursor.bodyEnd())) {
                throw new IllegalArgumentException("malformed, type " + cursor.type());
            }
            frames.add(words(frame, cursor.type()));
        }
        if (cursor.consumed() != bytes.limit()) {
            throw new IllegalArgumentException((bytes.limit() - cursor.consumed()) + " bytes of a frame are left");
        }
        return frames;
    }

    private static String words(ServerFrame frame, int type) {
        return switch (type) {
            case Protocol.WELCOME -> "WELCOME";
            case Protocol.ACCEPTED -> "ACCEPTED " + frame.id();
            case Protocol.DELIVER -> "DELIVER " + frame.seq() + " " + text(frame.name()) + " " + digest(frame.body());
            case Protocol.PRESENCE -> "PRESENCE " + text(frame.name()) + " " + PresenceState.of(frame.state());
            case Protocol.SIGNALLED -> "SIGNALLED " + text(frame.name()) + " " + digest(frame.body());
            case Protocol.PONG -> "PONG " + frame.opaque();
            case Protocol.REJECTED -> "REJECTED " + frame.id() + " " + RejectCode.of(frame.code());
            case Protocol.GOODBYE -> "GOODBYE " + GoodbyeCode.of(frame.code());
            default -> "type " + type;
        };
    }

    private static String text(byte[] name) {
        return new String(name, StandardCharsets.UTF_8);
    }

    /** Length and hash: enough to tell whether a body is whole. */
    static String digest(byte[] body) {
        return body.length + ":" + java.util.Arrays.hashCode(body);
    }
}
