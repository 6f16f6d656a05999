package dev.heddle.bench.load;

import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.ServerFrames;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * One connection that receives, checks and acknowledges; the receiving thread's. Bounded by its buffer, which takes many
 * messages at a time and holds at least a whole one.
 */
final class Receiver implements AutoCloseable {
    // DELIVER: length u32, type u8, seq u64, id u64, accepted at u64, flags u8, sender str, body
    private static final int SEQ_AT = Protocol.LENGTH_BYTES + 1;
    private static final int ID_AT = SEQ_AT + 8;
    private static final int SENDER_AT = ID_AT + 8 + 8 + 1;

    private final Link link;
    private final SocketChannel channel;
    private final ByteBuffer in;
    private final ByteBuffer ack = ByteBuffer.allocateDirect(ClientFrames.ACK_BYTES);
    private final Sequence sequence;
    private final int bytes;

    /**
     * Logs in.
     *
     * @param cursor the seq up to which everything has been received
     * @param bytes of every body
     */
    Receiver(int port, byte[] user, long cursor, Selector selector, Sequence sequence, int bytes, int bufferBytes)
            throws IOException {
        this.sequence = sequence;
        this.bytes = bytes;
        in = ByteBuffer.allocateDirect(bufferBytes);
        ClientFrames.ack(ack, 0);
        link = Link.open(port, user, cursor);
        channel = link.channel();
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, this);
    }

    Sequence sequence() {
        return sequence;
    }

    /** Reads once and acknowledges; returns the number of messages. */
    int receive() throws IOException {
        if (channel.read(in) < 0) {
            throw new EOFException("the server closed a receiver's connection");
        }
        int count = 0;
        int at = 0;
        int limit = in.position();
        while (limit - at > Protocol.LENGTH_BYTES) {
            int size = Protocol.LENGTH_BYTES + in.getInt(at);
            if (limit - at < size) {
                break;
            }
            take(at, size);
            count++;
            at += size;
        }
        in.limit(limit).position(at);
        in.compact();
        if (count > 0) {
            ack.putLong(Protocol.LENGTH_BYTES + 1, sequence.seq()).position(0);
            Link.write(channel, ack);
        }
        return count;
    }

    private void take(int at, int size) throws IOException {
        int type = in.get(at + Protocol.LENGTH_BYTES) & 0xff;
        if (type != Protocol.DELIVER) {
            throw new IOException("a receiver was sent a frame of type " + Integer.toHexString(type));
        }
        int senderLength = in.get(at + SENDER_AT);
        if (size != ServerFrames.deliverSize(senderLength, bytes) || !Body.endsAt(in, at + size)) {
            sequence.damaged();
        }
        sequence.received(
                Names.read(in, at + SENDER_AT + 1 + senderLength), in.getLong(at + SEQ_AT), in.getLong(at + ID_AT));
    }

    @Override
    public void close() throws IOException {
        link.close();
    }
}
