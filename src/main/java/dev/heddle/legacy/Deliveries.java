package dev.heddle.legacy;

import dev.heddle.wire.PresenceState;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.RejectCode;
import dev.heddle.wire.ServerFrame;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/**
 * Turns what the server says into what a client of the old protocol understands, where it stands; who writes to the client, but
 * where it says otherwise. Holds nothing but how far it is in a body.
 *
 * <p>Nothing gets longer by that: an answer that the old protocol has and ours has not stands in a PONG.
 */
final class Deliveries {
    private static final int MILLIS_A_SECOND = 1000;
    private static final int DELIVERY_HEAD = 1 + 2 + DeliveryId.BYTES + 4;

    private final LegacyPort port;
    private final SocketAddress from;
    private final Acknowledgements acknowledgements;

    /** Bytes of a body that are still to come, and are kept. */
    private int kept;

    /** Bytes that are still to come, and mean nothing to the client. */
    private int dropped;

    private volatile boolean refused;

    Deliveries(LegacyPort port, SocketAddress from, Acknowledgements acknowledgements) {
        this.port = port;
        this.from = from;
        this.acknowledgements = acknowledgements;
    }

    /** Any thread: a message was turned away, for which this protocol has no word but the end of the connection. */
    boolean wasRefused() {
        return refused;
    }

    /** As {@link dev.heddle.edge.Codec#encode}; true if the server is to hear of it. */
    boolean encode(ByteBuffer frames) {
        int limit = frames.limit();
        int in = frames.position();
        int out = in;
        boolean tells = false;
        while (in < limit) {
            int part = Math.min(limit - in, kept + dropped);
            if (kept > 0) {
                out = move(frames, in, out, part);
                kept -= part;
            } else if (dropped > 0) {
                dropped -= part;
            } else {
                ServerFrame frame = parse(frames, in);
                int end = in + Protocol.LENGTH_BYTES + frames.getInt(in);
                part = (hasBody(frame.type()) ? frame.bodyStart() : end) - in;
                switch (frame.type()) {
                    case Protocol.WELCOME -> out = put(frames, out, Legacy.loginOk());
                    case Protocol.DELIVER -> {
                        boolean again = (frame.flags() & Protocol.FLAG_SENT_BEFORE) != 0;
                        int length = frame.bodyLength();
                        if (acknowledgements.delivered(frame.seq(), again)) {
                            out = delivery(frames, out, frame.seq(), length);
                            kept = length;
                        } else {
                            tells = true;
                            dropped = length;
                        }
                    }
                    case Protocol.PRESENCE -> out = status(frames, out, frame);
                    case Protocol.SIGNALLED -> {
                        dropped = frame.bodyLength();
                        if (dropped == 1 && frame.bodyStart() < limit) {
                            out = typing(frames, out, frame);
                        }
                    }
                    case Protocol.PONG -> out = put(frames, out, Legacy.answer(frame.opaque()));
                    case Protocol.REJECTED -> {
                        port.refused(from, RejectCode.of(frame.code()));
                        refused = true;
                        tells = true;
                    }
                    // ACCEPTED, GOODBYE: the old protocol has no words for them.
                    default -> {}
                }
            }
            in += part;
        }
        frames.limit(out);
        return tells;
    }

    private static boolean hasBody(int type) {
        return type == Protocol.DELIVER || type == Protocol.SIGNALLED;
    }

    private static ServerFrame parse(ByteBuffer frames, int at) {
        ServerFrame frame = new ServerFrame();
        int start = at + Protocol.LENGTH_BYTES + 1;
        int end = at + Protocol.LENGTH_BYTES + frames.getInt(at);
        if (!frame.parse(frames, frames.get(at + Protocol.LENGTH_BYTES) & 0xff, start, end)) {
            throw new IllegalStateException("the server said what is no frame");
        }
        return frame;
    }

    private static int move(ByteBuffer frames, int from, int to, int length) {
        if (from != to) {
            frames.put(to, frames, from, length);
        }
        return to + length;
    }

    private static int put(ByteBuffer frames, int at, byte[] bytes) {
        frames.put(at, bytes);
        return at + bytes.length;
    }

    private static int delivery(ByteBuffer frames, int at, long seq, int length) {
        frames.put(at, (byte) Legacy.DELIVERY).putShort(at + 1, (short) DeliveryId.BYTES);
        DeliveryId.put(frames, at + 3, seq);
        frames.putInt(at + 3 + DeliveryId.BYTES, length);
        return at + DELIVERY_HEAD;
    }

    /** The old protocol knows no user that was never seen: offline since 1970. */
    private static int status(ByteBuffer frames, int at, ServerFrame frame) {
        boolean online = frame.state() == PresenceState.ONLINE.code();
        long seconds = frame.lastSeen() / MILLIS_A_SECOND;
        int end = name(frames, at, Legacy.STATUS, frame);
        frames.put(end, (byte) (online ? Legacy.ONLINE : Legacy.OFFLINE)).putLong(end + 1, seconds);
        return end + 1 + Long.BYTES;
    }

    /** A signal of one byte, 0 or 1: the one kind that clients of the old protocol know. */
    private static int typing(ByteBuffer frames, int at, ServerFrame frame) {
        byte typing = frames.get(frame.bodyStart());
        if (typing != Legacy.OFFLINE && typing != Legacy.ONLINE) {
            return at;
        }
        int end = name(frames, at, Legacy.TYPING, frame);
        frames.put(end, typing);
        return end + 1;
    }

    /** What begins with a name: the name first, because what stands before it takes its place. */
    private static int name(ByteBuffer frames, int at, int type, ServerFrame frame) {
        int length = frame.nameLength();
        int end = move(frames, frame.nameStart(), at + 3, length);
        frames.put(at, (byte) type).putShort(at + 1, (short) length);
        return end;
    }
}
