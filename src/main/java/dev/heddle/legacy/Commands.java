package dev.heddle.legacy;

import dev.heddle.wire.Protocol;
import dev.heddle.wire.UserNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;

/**
 * Brings what a client says to the server; the conversation's first thread. Bounded by its buffers: neither a message nor a
 * batch is ever held as a whole.
 */
final class Commands implements Incoming.Waiting {
    private final Incoming in;
    private final ToServer server;
    private final Acknowledgements acknowledgements;
    private final int frameLimit;
    private final long idleNanos;
    private final LongSupplier nanos;
    private long heardNanos;

    /**
     * Goes on behind LOGIN.
     *
     * @param frameLimit of the server, in bytes
     * @param idleNanos after so much silence it ends; 0: never
     */
    Commands(
            Incoming login,
            ToServer server,
            Acknowledgements acknowledgements,
            int frameLimit,
            long idleNanos,
            LongSupplier nanos) {
        this.in = new Incoming(login, this);
        this.server = server;
        this.acknowledgements = acknowledgements;
        this.frameLimit = frameLimit;
        this.idleNanos = idleNanos;
        this.nanos = nanos;
    }

    /**
     * Until the client has nothing more to say.
     *
     * @throws MalformedException if it says what nobody understands
     * @throws IOException if client or server are gone
     */
    void run() throws IOException {
        while (!in.isAtEnd()) {
            int command = in.need(1).get() & 0xff;
            switch (command) {
                case Legacy.SEND -> message(name(), u16());
                case Legacy.ACK -> acknowledgements.acknowledged(DeliveryId.take(in.need(DeliveryId.BYTES)));
                case Legacy.BATCH -> batch(name());
                case Legacy.GET_STATUS -> server.query(name());
                default -> throw new MalformedException("0x" + Integer.toHexString(command) + " is no command");
            }
        }
    }

    private void batch(byte[] target) throws IOException {
        long left = in.need(Integer.BYTES).getInt() & 0xffffffffL;
        while (left > 0) {
            int length = left < Short.BYTES ? Integer.MAX_VALUE : u16();
            if (length > left - Short.BYTES) {
                throw new MalformedException("a batch that ends within a message");
            }
            message(target, length);
            left -= Short.BYTES + length;
        }
    }

    private void message(byte[] target, int length) throws IOException {
        if (ToServer.sendLength(target.length, length) > frameLimit) {
            throw new MalformedException("a message of " + length + " bytes is larger than frame.bytes allows");
        }
        server.send(target, length, in);
    }

    private int u16() throws IOException {
        return in.need(Short.BYTES).getShort() & 0xffff;
    }

    private byte[] name() throws IOException {
        int length = u16();
        if (length > Protocol.MAX_NAME_BYTES) {
            throw new MalformedException("a name of " + length + " bytes");
        }
        return name(in.need(length), length);
    }

    /**
     * Takes a user name of so many bytes.
     *
     * @throws MalformedException if it is none
     */
    static byte[] name(ByteBuffer from, int length) throws MalformedException {
        if (!UserNames.valid(from, from.position(), length)) {
            throw new MalformedException("not a user name");
        }
        byte[] name = new byte[length];
        from.get(name);
        return name;
    }

    @Override
    public void before() throws IOException {
        server.flush();
        heardNanos = nanos.getAsLong();
    }

    @Override
    public void silent() throws IOException {
        if (idleNanos > 0 && nanos.getAsLong() - heardNanos >= idleNanos) {
            throw new IOException("nothing heard for " + idleNanos / 1_000_000_000 + " s");
        }
        server.ping();
    }
}
