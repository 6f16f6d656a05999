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
 * One connection that asks about users, each time another one by a fixed walk over all of them; the asking thread's. The tag of
 * a question is its number, and tells which user the answer must be about. Bounded by a window of unanswered questions.
 */
final class Asker implements AutoCloseable {
    private static final int WINDOW = 4096;
    private static final int BATCH = 1024;
    private static final int ANSWERS_BYTES = 256 * 1024;
    private static final int TAG_AT = Protocol.LENGTH_BYTES + 1;
    /** As far between neighbours as caches are small; it shares no divisor with a round number. */
    private static final long STRIDE = 77_777_677;

    private final Link link;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final ByteBuffer out;
    private final ByteBuffer in = ByteBuffer.allocateDirect(ANSWERS_BYTES);
    private final int users;
    private final int frameBytes;
    private int interest = SelectionKey.OP_READ;
    private int asked;
    private int answered;
    private int end;
    private long open;

    Asker(int port, byte[] user, Selector selector, Names names, int users) throws IOException {
        this.users = users;
        byte[] name = names.name(0);
        frameBytes = ClientFrames.querySize(name.length);
        out = ByteBuffer.allocateDirect(BATCH * frameBytes);
        for (int i = 0; i < BATCH; i++) {
            ClientFrames.query(out, 0, name);
        }
        out.limit(0);
        link = Link.open(port, user, 0);
        channel = link.channel();
        channel.configureBlocking(false);
        key = channel.register(selector, interest, this);
    }

    void more(int questions) {
        end += questions;
    }

    boolean isDone() {
        return answered == end;
    }

    /** Asks what the window and the socket take. */
    void ask() throws IOException {
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
        int count = Math.min(BATCH, Math.min(end - asked, WINDOW - (asked - answered)));
        if (count == 0) {
            return false;
        }
        out.limit(count * frameBytes).position(0);
        for (int i = 0; i < count; i++) {
            int at = i * frameBytes;
            out.putInt(at + TAG_AT, asked);
            Names.write(out, at + frameBytes, userOf(asked));
            open += asked;
            asked++;
        }
        return true;
    }

    private int userOf(int tag) {
        return (int) (tag * STRIDE % users);
    }

    /** Reads answers, in whatever order they come. */
    void hear() throws IOException {
        if (channel.read(in) < 0) {
            throw new EOFException("the server closed the connection of one who asks");
        }
        int at = 0;
        int limit = in.position();
        while (limit - at > Protocol.LENGTH_BYTES) {
            int size = Protocol.LENGTH_BYTES + in.getInt(at);
            if (limit - at < size) {
                break;
            }
            int tag = in.getInt(at + TAG_AT);
            if ((in.get(at + Protocol.LENGTH_BYTES) & 0xff) != Protocol.PRESENCE
                    || Names.read(in, at + size) != userOf(tag)) {
                throw new IOException("a QUERY was answered by something else");
            }
            open -= tag;
            answered++;
            at += size;
        }
        in.limit(limit).position(at);
        in.compact();
        if (isDone() && open != 0) {
            throw new IOException("some questions were answered twice, others not at all");
        }
    }

    @Override
    public void close() throws IOException {
        link.close();
    }
}
