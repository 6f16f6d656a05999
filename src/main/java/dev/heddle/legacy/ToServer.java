package dev.heddle.legacy;

import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.Protocol;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a conversation says to the server; its two threads, one frame at a time under a lock. Bounded by its buffer: the body of
 * a message is passed on as it comes.
 */
final class ToServer {
    private static final byte[] NO_TOKEN = {};
    private static final int QUERY_TAG = 1;

    private final ReentrantLock lock = new ReentrantLock();
    private final Outgoing out;
    private final Acknowledgements acknowledgements;
    private long nextId;
    private long acknowledged;

    /** A SEND is begun and not ended: nothing else can be said. */
    private boolean withinFrame;

    /** @param firstId of the messages of this connection, from WELCOME */
    ToServer(OutputStream out, long firstId, Acknowledgements acknowledgements) {
        this.out = new Outgoing(out);
        this.nextId = firstId;
        this.acknowledgements = acknowledgements;
    }

    static void login(OutputStream out, byte[] user) throws IOException {
        ByteBuffer login = ByteBuffer.allocate(ClientFrames.loginSize(user.length, 0));
        ClientFrames.login(login, user, 0, NO_TOKEN);
        out.write(login.array());
    }

    /** A message whose body, of so many bytes, comes next. If it does not come as a whole, only {@link #flush} can follow. */
    void send(byte[] recipient, int length, Incoming body) throws IOException {
        lock.lock();
        try {
            int head = ClientFrames.sendSize(recipient.length, 0);
            ClientFrames.sendHeader(out.room(head), nextId++, recipient, length);
            withinFrame = true;
            body.copy(length, out);
            withinFrame = false;
        } finally {
            lock.unlock();
        }
    }

    void query(byte[] user) throws IOException {
        lock.lock();
        try {
            ClientFrames.query(out.room(ClientFrames.querySize(user.length)), QUERY_TAG, user);
        } finally {
            lock.unlock();
        }
    }

    /** We are still there; said only between frames: a client that stops within a message is one that the server ends. */
    void ping() throws IOException {
        lock.lock();
        try {
            if (!withinFrame) {
                ClientFrames.ping(out.room(ClientFrames.PING_BYTES), 0);
                out.flush();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Says what is acknowledged by now, and lets all go that was said. */
    void flush() throws IOException {
        lock.lock();
        try {
            long prefix = acknowledgements.prefix();
            if (!withinFrame && prefix > acknowledged) {
                acknowledged = prefix;
                ClientFrames.ack(out.room(ClientFrames.ACK_BYTES), prefix);
            }
            out.flush();
        } finally {
            lock.unlock();
        }
    }

    /** Bytes of SEND as the frame limit counts them. */
    static int sendLength(int recipientLength, int bodyLength) {
        return ClientFrames.sendSize(recipientLength, bodyLength) - Protocol.LENGTH_BYTES;
    }
}
