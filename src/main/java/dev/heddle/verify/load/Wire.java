package dev.heddle.verify.load;

import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.FrameCursor;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.ServerFrame;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** One blocking connection; one thread reads it, one (the same or another) writes. Bounded by its two buffers. */
final class Wire implements AutoCloseable {
    static final int LARGE = 256 * 1024;
    static final int SMALL = 4 * 1024;

    private final SocketChannel channel;
    private final ByteBuffer in;
    private final ByteBuffer out;
    private final FrameCursor frames = new FrameCursor(Protocol.DEFAULT_FRAME_LIMIT);
    private final ServerFrame frame = new ServerFrame();
    private final byte[] user;
    private long firstId;

    private Wire(SocketChannel channel, byte[] user, int buffer) {
        this.channel = channel;
        this.user = user;
        this.in = ByteBuffer.allocateDirect(buffer);
        this.out = ByteBuffer.allocateDirect(buffer);
        frames.wrap(in, 0, 0);
    }

    /** Connects and logs in; frames are as large as the buffer at most, in bytes. */
    static Wire open(int port, String user, long cursor, int buffer) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            Wire wire = new Wire(channel, user.getBytes(StandardCharsets.UTF_8), buffer);
            ClientFrames.login(wire.out, wire.user, cursor, new byte[0]);
            wire.flush();
            ServerFrame answer = wire.next();
            if (answer.type() != Protocol.WELCOME) {
                throw new IOException("LOGIN was answered by type " + answer.type());
            }
            wire.firstId = answer.firstId();
            return wire;
        } catch (IOException | RuntimeException failure) {
            channel.close();
            throw failure;
        }
    }

    byte[] user() {
        return user;
    }

    long firstId() {
        return firstId;
    }

    /** Frames to be written by {@link #flush}. */
    ByteBuffer out() {
        return out;
    }

    void flush() throws IOException {
        out.flip();
        while (out.hasRemaining()) {
            channel.write(out);
        }
        out.clear();
    }

    /** The next frame, waited for; valid until the next call. */
    ServerFrame next() throws IOException {
        while (true) {
            FrameCursor.Step step = frames.next();
            if (step == FrameCursor.Step.FRAME) {
                if (!frame.parse(in, frames.type(), frames.bodyStart(), frames.bodyEnd())) {
                    throw new IOException("no frame of this protocol");
                }
                return frame;
            }
            if (step != FrameCursor.Step.INCOMPLETE) {
                throw new IOException("a frame of a wrong length");
            }
            in.limit(in.position()).position(frames.consumed());
            in.compact();
            if (channel.read(in) < 0) {
                throw new EOFException("the server closed the connection");
            }
            frames.wrap(in, 0, in.position());
        }
    }

    /** Whether the next frame is here already. */
    boolean hasMore() {
        int at = frames.consumed();
        int left = in.position() - at;
        return left >= Protocol.LENGTH_BYTES && left - Protocol.LENGTH_BYTES >= in.getInt(at);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
