package dev.heddle.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A frame that the server sent: its type, and its body to be read from the front. */
record Frame(int type, ByteBuffer body) {
    static final int WELCOME = 0x81;
    static final int ACCEPTED = 0x82;
    static final int DELIVER = 0x83;
    static final int PRESENCE = 0x84;
    static final int SIGNALLED = 0x85;
    static final int PONG = 0x86;
    static final int REJECTED = 0x87;
    static final int GOODBYE = 0x88;

    /** WELCOME's fields. */
    record Welcome(
            int version, long session, long firstId, long backlog, long frameLimit, int heartbeat, long serverTime) {}

    /** DELIVER's fields. */
    record Deliver(long seq, long id, long acceptedAt, int flags, String sender, String body) {}

    /** PRESENCE's fields; state 0 is offline, 1 online, 2 never seen. */
    record Presence(int tag, int state, long lastSeen, String user) {}

    Welcome welcome() {
        return new Welcome(
                body.get(),
                body.getLong(),
                body.getLong(),
                body.getInt() & 0xffffffffL,
                body.getInt() & 0xffffffffL,
                body.getShort() & 0xffff,
                body.getLong());
    }

    Deliver deliver() {
        return new Deliver(body.getLong(), body.getLong(), body.getLong(), body.get(), str(), rest());
    }

    Presence presence() {
        return new Presence(body.getInt(), body.get(), body.getLong(), str());
    }

    long number() {
        return body.getLong();
    }

    int code() {
        return body.getShort() & 0xffff;
    }

    String str() {
        byte[] bytes = new byte[body.get() & 0xff];
        body.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    String rest() {
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return Integer.toHexString(type) + " of " + body.capacity() + " bytes";
    }
}
