package dev.heddle.bench.load;

import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.ServerFrame;
import dev.heddle.wire.ServerFrames;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * A connection that is logged in; one thread at a time. Nothing behind WELCOME has been read.
 *
 * @param firstId the lowest id that it may send
 */
record Link(SocketChannel channel, long firstId) implements AutoCloseable {
    private static final byte[] NO_TOKEN = {};

    /** A blocking connection without delays; nothing has been sent. */
    static SocketChannel dial(int port) throws IOException {
        return dial(port, 1);
    }

    /** As {@link #dial(int)}, from 127.0.0.{@code host}. */
    static SocketChannel dial(int port, int host) throws IOException {
        // Of version 4 alone, as the reference in C is: an address mapped into version 6 costs another system call.
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET);
        try {
            if (host != 1) {
                channel.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) host}), 0));
            }
            channel.connect(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            return channel;
        } catch (IOException | RuntimeException failure) {
            channel.close();
            throw failure;
        }
    }

    static Link open(int port, byte[] user, long cursor) throws IOException {
        SocketChannel channel = dial(port);
        try {
            ByteBuffer buffer = ByteBuffer.allocateDirect(ClientFrames.loginSize(Protocol.MAX_NAME_BYTES, 0));
            login(channel, buffer, user, cursor);
            return welcome(channel, buffer);
        } catch (IOException | RuntimeException failure) {
            channel.close();
            throw failure;
        }
    }

    /** The first half of a login. */
    static void login(SocketChannel channel, ByteBuffer buffer, byte[] user, long cursor) throws IOException {
        ClientFrames.login(buffer.clear(), user, cursor, NO_TOKEN);
        write(channel, buffer.flip());
    }

    /** The second half, waited for. */
    static Link welcome(SocketChannel channel, ByteBuffer buffer) throws IOException {
        buffer.clear().limit(Protocol.LENGTH_BYTES + 1);
        read(channel, buffer);
        int type = buffer.get(Protocol.LENGTH_BYTES) & 0xff;
        int size = Protocol.LENGTH_BYTES + buffer.getInt(0);
        buffer.limit(Math.min(size, buffer.capacity()));
        read(channel, buffer);
        ServerFrame frame = new ServerFrame();
        if (!frame.parse(buffer, type, Protocol.LENGTH_BYTES + 1, buffer.limit())) {
            throw new IOException("LOGIN was answered by a malformed frame of type " + type);
        }
        if (type == Protocol.GOODBYE) {
            throw new IOException("LOGIN was answered by GOODBYE " + frame.code());
        }
        if (type != Protocol.WELCOME || size != ServerFrames.WELCOME_BYTES) {
            throw new IOException("LOGIN was answered by a frame of type " + type);
        }
        return new Link(channel, frame.firstId());
    }

    /** Writes all of it to a channel that blocks. */
    static void write(SocketChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /** Fills the buffer from a channel that blocks. */
    static void read(SocketChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the server closed the connection");
            }
        }
    }

    /** Ends as if the network had: the other side is reset, and this machine's port is free at once. */
    void cut() throws IOException {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        channel.close();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
