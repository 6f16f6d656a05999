package dev.heddle.bench.load;

import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.Protocol;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * One connection that sends, by ids without a gap; the sending thread's. Its frames are encoded once: of a batch that is sent
 * again only the ids are new, and the digits of recipients if there are several. Bounded by a window of unaccepted messages.
 */
final class Sender implements AutoCloseable {
    /** Unaccepted messages of one connection, at most. */
    static final int WINDOW = 1024;

    private static final int BATCH_BYTES = 32 * 1024;
    private static final int ID_AT = Protocol.LENGTH_BYTES + 1;
    private static final int ANSWER_BYTES = 4 * 1024;
    /** Neighbours are far apart, and every recipient's turn comes: it shares no divisor with a round number. */
    private static final long STRIDE = 77_777_677;

    private final Link link;
    private final SocketChannel channel;
    private final ByteBuffer out;
    private final ByteBuffer in = ByteBuffer.allocateDirect(ANSWER_BYTES);
    private final int recipients;
    private final int frameBytes;
    private final int nameEnd;
    private final int batch;
    private long turn;
    private long next;
    private long end;
    private long accepted;
    private int interest = SelectionKey.OP_READ;
    private SelectionKey key;

    /**
     * Logs in.
     *
     * @param recipients messages go to so many of the names in turn, or to the first of them if it is 1
     * @param firstTurn where in the turn of recipients this sender begins
     * @param bytes of a body
     */
    Sender(int port, byte[] user, Selector selector, Names names, int recipients, long firstTurn, int bytes)
            throws IOException {
        link = Link.open(port, user, 0);
        channel = link.channel();
        channel.configureBlocking(false);
        key = channel.register(selector, interest, this);
        this.recipients = recipients;
        turn = firstTurn;
        byte[] recipient = names.name(recipients == 1 ? (int) firstTurn : 0);
        frameBytes = ClientFrames.sendSize(recipient.length, bytes);
        nameEnd = ID_AT + Long.BYTES + 1 + recipient.length;
        batch = Math.clamp(BATCH_BYTES / frameBytes, 1, WINDOW);
        out = ByteBuffer.allocateDirect(batch * frameBytes);
        for (int i = 0; i < batch; i++) {
            ClientFrames.send(out, 0, recipient, Body.of(bytes));
        }
        out.limit(0);
        next = link.firstId();
        end = next;
        accepted = next - 1;
    }

    /** The id of the next message. */
    long next() {
        return next;
    }

    /** So many messages more. */
    void more(long messages) {
        end += messages;
    }

    /** Everything has been sent and accepted. */
    boolean isDone() {
        return accepted == end - 1;
    }

    /** Sends what the window and the socket take. */
    void send() throws IOException {
        boolean blocked = false;
        while (!blocked) {
            if (!out.hasRemaining() && !fill()) {
                break;
            }
            channel.write(out);
            blocked = out.hasRemaining();
        }
        int wanted = blocked ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
        if (wanted != interest) {
            interest = wanted;
            key.interestOps(wanted);
        }
    }

    private boolean fill() {
        int count = (int) Math.min(batch, Math.min(end - next, WINDOW - (next - 1 - accepted)));
        if (count == 0) {
            return false;
        }
        out.limit(count * frameBytes).position(0);
        for (int i = 0; i < count; i++) {
            out.putLong(i * frameBytes + ID_AT, next++);
            if (recipients > 1) {
                Names.write(out, i * frameBytes + nameEnd, (int) (turn++ * STRIDE % recipients));
            }
        }
        return true;
    }

    /** Reads what the server has answered. */
    void hear() throws IOException {
        if (channel.read(in) < 0) {
            throw new EOFException("the server closed a sender's connection");
        }
        int at = 0;
        int limit = in.position();
        while (limit - at > ID_AT) {
            int size = Protocol.LENGTH_BYTES + in.getInt(at);
            if (limit - at < size) {
                break;
            }
            int type = in.get(at + Protocol.LENGTH_BYTES) & 0xff;
            if (type != Protocol.ACCEPTED) {
                throw new IOException("a SEND was answered by a frame of type " + Integer.toHexString(type));
            }
            accepted = in.getLong(at + ID_AT);
            at += size;
        }
        in.limit(limit).position(at);
        in.compact();
    }

    @Override
    public void close() throws IOException {
        link.close();
    }
}
