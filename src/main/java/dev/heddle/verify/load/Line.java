package dev.heddle.verify.load;

import dev.heddle.wire.FrameCursor;
import dev.heddle.wire.ServerFrame;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A peer's socket, which never blocks; the swarm's thread. Bounded by a part of a frame that has come, and what the socket did
 * not take of one write.
 */
final class Line {
    /** What is done with each frame; false: no more of them. */
    interface Reading {
        boolean frame(ServerFrame frame);
    }

    private final Swarm swarm;
    private final SocketChannel channel;
    private final SelectionKey key;
    private byte @Nullable [] rest;
    private @Nullable ByteBuffer pending;

    private Line(Swarm swarm, SocketChannel channel, SelectionKey key) {
        this.swarm = swarm;
        this.channel = channel;
        this.key = key;
    }

    /** Begins to connect; the selector says when {@link #finish} may be tried. */
    static Line open(Swarm swarm, Peer peer, int port) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            boolean done = channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            int interest = done ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT;
            return new Line(swarm, channel, channel.register(swarm.selector(), interest, peer));
        } catch (IOException failure) {
            channel.close();
            throw failure;
        }
    }

    /** Whether it is connected by now. */
    boolean finish() throws IOException {
        return channel.isConnected() || channel.finishConnect();
    }

    boolean isReadable() {
        return key.isValid() && key.isReadable();
    }

    boolean isWritable() {
        return key.isValid() && key.isWritable();
    }

    /** Reads once, and hands over every whole frame; false if the other end has closed. */
    boolean read(Reading reading) throws IOException {
        ByteBuffer in = swarm.in();
        in.clear();
        if (rest != null) {
            in.put(rest);
            rest = null;
        }
        if (channel.read(in) < 0) {
            return false;
        }
        FrameCursor frames = swarm.frames();
        ServerFrame frame = swarm.frame();
        frames.wrap(in, 0, in.position());
        FrameCursor.Step step = frames.next();
        for (; step == FrameCursor.Step.FRAME; step = frames.next()) {
            if (!frame.parse(in, frames.type(), frames.bodyStart(), frames.bodyEnd())) {
                throw new IOException("no frame of this protocol");
            }
            if (!reading.frame(frame)) {
                return true;
            }
        }
        if (step != FrameCursor.Step.INCOMPLETE) {
            throw new IOException("a frame of a wrong length");
        }
        if (frames.consumed() < in.position()) {
            byte[] left = new byte[in.position() - frames.consumed()];
            in.get(frames.consumed(), left);
            rest = left;
        }
        return true;
    }

    /** Whether an earlier write still waits for the socket. */
    boolean isBlocked() {
        return pending != null;
    }

    /** Goes on with an earlier write; false if the socket does not take all of it. */
    boolean writeOn() throws IOException {
        if (pending != null) {
            channel.write(pending);
            if (pending.hasRemaining()) {
                return false;
            }
            pending = null;
        }
        return true;
    }

    /** Writes what is in the buffer, or keeps what the socket does not take. */
    void write(ByteBuffer out) throws IOException {
        out.flip();
        channel.write(out);
        if (out.hasRemaining()) {
            pending = ByteBuffer.allocate(out.remaining()).put(out).flip();
        }
    }

    /** What the selector is to look for from now on. */
    void interest(boolean reads) {
        if (key.isValid()) {
            key.interestOps((reads ? SelectionKey.OP_READ : 0) | (pending != null ? SelectionKey.OP_WRITE : 0));
        }
    }

    void close() {
        key.cancel();
        try {
            channel.close();
        } catch (IOException ignored) {
            // It is of no more use either way.
        }
    }
}
