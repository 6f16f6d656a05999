package dev.heddle.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** The server's and the client's end of one connection over loopback, with small socket buffers; the test's thread only. */
final class SocketPair implements AutoCloseable {
    private static final int SOCKET_BUFFER = 8 * 1024;

    private final SocketChannel server;
    private final SocketChannel client;

    SocketPair() throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            client = SocketChannel.open();
            client.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER);
            client.connect(listener.getLocalAddress());
            server = listener.accept();
        }
        server.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER);
        server.setOption(StandardSocketOptions.TCP_NODELAY, true);
        server.configureBlocking(false);
    }

    /** Non-blocking. */
    SocketChannel server() {
        return server;
    }

    /** Writes these bytes, at the client's end. */
    void write(byte[] bytes) throws IOException {
        ByteBuffer written = ByteBuffer.wrap(bytes);
        while (written.hasRemaining()) {
            int _ = client.write(written);
        }
    }

    /** Reads so many bytes, at the client's end. */
    ByteBuffer read(int bytes) throws IOException {
        ByteBuffer read = ByteBuffer.allocate(bytes);
        while (read.hasRemaining()) {
            if (client.read(read) < 0) {
                throw new EOFException("after " + read.position() + " of " + bytes + " bytes");
            }
        }
        return read.flip();
    }

    /** Writes all that is queued to the server's end, as the one writer, and reads it at the client's. */
    ByteBuffer drain(ClientQueue queue) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        assertThat(queue.take()).isTrue();
        ClientQueue.Pass pass = ClientQueue.Pass.MORE;
        while (pass != ClientQueue.Pass.DONE) {
            int before = queue.bytes();
            pass = queue.write(1);
            byte[] part = new byte[before - queue.bytes()];
            read(part.length).get(part);
            read.writeBytes(part);
            if (pass == ClientQueue.Pass.BLOCKED) {
                assertThat(queue.resume()).isTrue();
            }
        }
        return ByteBuffer.wrap(read.toByteArray());
    }

    @Override
    public void close() throws IOException {
        client.close();
        server.close();
    }
}
