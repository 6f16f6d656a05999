package dev.heddle.legacy;

import dev.heddle.wire.PresenceState;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.ServerFrame;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Brings what the server says to a client, until the server has nothing more to say; the conversation's second thread. Bounded
 * by its buffers: a message is passed on as it comes.
 */
final class Deliveries implements Incoming.Waiting {
    /** DELIVER up to its body, with the longest name; no other frame that matters is longer. */
    private static final int MOST_HEAD = 26 + 255;

    private static final int DELIVERY_HEAD = 1 + 2 + DeliveryId.BYTES + 4;
    private static final int MILLIS_A_SECOND = 1000;

    /** What becomes of a message that the server turned away. */
    interface Refusal {
        void refused(int code);
    }

    private final Incoming in;
    private final Outgoing client;
    private final ToServer server;
    private final Acknowledgements acknowledgements;
    private final Refusal refusal;
    private final ServerFrame frame = new ServerFrame();

    /** Something was not passed on, because the client had acknowledged it: the server is to know. */
    private boolean acknowledged;

    /** Goes on behind WELCOME. */
    Deliveries(Incoming welcome, Outgoing client, ToServer server, Acknowledgements acknowledgements, Refusal refusal) {
        this.in = new Incoming(welcome, this);
        this.client = client;
        this.server = server;
        this.acknowledgements = acknowledgements;
        this.refusal = refusal;
    }

    /** Until the server says goodbye or ends the connection. */
    void run() throws IOException {
        boolean more = true;
        while (more && !in.isAtEnd()) {
            more = pass();
        }
        client.flush();
    }

    /** One frame; false: it was the last. */
    private boolean pass() throws IOException {
        ByteBuffer buffer = in.need(Protocol.LENGTH_BYTES + 1);
        int length = buffer.getInt() - 1;
        int type = buffer.get() & 0xff;
        in.need(Math.min(length, MOST_HEAD));
        int start = buffer.position();
        if (!frame.parse(buffer, type, start, start + length)) {
            throw new IOException("the server sent what is no frame");
        }
        switch (type) {
            case Protocol.DELIVER -> deliver(start);
            case Protocol.PRESENCE -> {
                status();
                in.skip(length);
            }
            case Protocol.REJECTED -> {
                refusal.refused(frame.code());
                in.skip(length);
            }
            case Protocol.GOODBYE -> {
                return false;
            }
            // ACCEPTED, PONG, signals: the old protocol has no words for them.
            default -> in.skip(length);
        }
        return true;
    }

    private void deliver(int start) throws IOException {
        long seq = frame.seq();
        int length = frame.bodyLength();
        boolean again = (frame.flags() & Protocol.FLAG_SENT_BEFORE) != 0;
        in.skip(frame.bodyStart() - start);
        if (!acknowledgements.delivered(seq, again)) {
            acknowledged = true;
            in.skip(length);
            return;
        }
        ByteBuffer out = client.room(DELIVERY_HEAD).put((byte) Legacy.DELIVERY).putShort((short) DeliveryId.BYTES);
        DeliveryId.put(out, seq);
        out.putInt(length);
        in.copy(length, client);
    }

    /** The old protocol knows no user that was never seen: offline since 1970. */
    private void status() throws IOException {
        byte[] user = frame.name();
        boolean online = frame.state() == PresenceState.ONLINE.code();
        client.room(1 + 2 + user.length + 1 + 8)
                .put((byte) Legacy.STATUS)
                .putShort((short) user.length)
                .put(user)
                .put((byte) (online ? Legacy.ONLINE : Legacy.OFFLINE))
                .putLong(frame.lastSeen() / MILLIS_A_SECOND);
    }

    @Override
    public void before() throws IOException {
        client.flush();
        if (acknowledged) {
            acknowledged = false;
            server.flush();
        }
    }
}
