package dev.heddle.legacy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/** A client of the old protocol that says exactly the bytes it is told to, and waits at most ten seconds for an answer. */
final class LegacyClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    /** A delivery. */
    record Message(String id, String body) {}

    /** STATUS. */
    record Status(String user, int state, long seconds) {}

    interface Fields {
        void write(DataOutputStream out) throws IOException;
    }

    private final Socket socket = new Socket();
    private final DataInputStream in;

    LegacyClient(int port) throws IOException {
        this(port, 0);
    }

    /** @param buffers bytes of each of the kernel's buffers, 0: as it likes */
    LegacyClient(int port, int buffers) throws IOException {
        if (buffers > 0) {
            socket.setReceiveBufferSize(buffers);
            socket.setSendBufferSize(buffers);
        }
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
    }

    /** Connects, logs in, and has read LOGIN_OK. */
    static LegacyClient login(int port, String user) throws IOException {
        LegacyClient client = new LegacyClient(port);
        client.write(login(user));
        client.expectLoginOk();
        return client;
    }

    // ---- what it says ----

    private static byte[] bytes(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            fields.write(new DataOutputStream(bytes));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] utf8 = text.getBytes(UTF_8);
        out.writeShort(utf8.length);
        out.write(utf8);
    }

    static byte[] login(String user) {
        return bytes(out -> {
            out.writeByte(1);
            out.write(user.getBytes(UTF_8));
        });
    }

    static byte[] send(String to, String body) {
        return bytes(out -> {
            out.writeByte(2);
            text(out, to);
            text(out, body);
        });
    }

    static byte[] ack(String id) {
        return bytes(out -> {
            out.writeByte(3);
            out.write(id.getBytes(US_ASCII));
        });
    }

    static byte[] batch(String to, String... bodies) {
        byte[] list = bytes(out -> {
            for (String body : bodies) {
                text(out, body);
            }
        });
        return bytes(out -> {
            out.writeByte(4);
            text(out, to);
            out.writeInt(list.length);
            out.write(list);
        });
    }

    static byte[] getStatus(String user) {
        return bytes(out -> {
            out.writeByte(5);
            text(out, user);
        });
    }

    void write(byte[]... commands) throws IOException {
        socket.getOutputStream().write(bytes(out -> {
            for (byte[] command : commands) {
                out.write(command);
            }
        }));
    }

    /** Each byte in a write, and nearly always in a segment, of its own. */
    void writeSingly(byte[] command) throws IOException {
        for (byte single : command) {
            socket.getOutputStream().write(single);
        }
    }

    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    // ---- what it hears ----

    void expectLoginOk() throws IOException {
        byte[] answer = new byte[9];
        in.readFully(answer);
        if (!new String(answer, US_ASCII).equals("\u0003LOGIN_OK")) {
            throw new AssertionError("no LOGIN_OK: " + new String(answer, US_ASCII));
        }
    }

    void expectError(String text) throws IOException {
        expect(0xfe);
        String heard = new String(in.readNBytes(in.readUnsignedShort()), US_ASCII);
        if (!heard.equals(text)) {
            throw new AssertionError("expected " + text + ", heard " + heard);
        }
    }

    Message message() throws IOException {
        expect(0x10);
        String id = new String(in.readNBytes(in.readUnsignedShort()), US_ASCII);
        return new Message(id, new String(in.readNBytes(in.readInt()), UTF_8));
    }

    /** The next message, which is acknowledged. */
    String take() throws IOException {
        Message message = message();
        write(ack(message.id));
        return message.body;
    }

    Status status() throws IOException {
        expect(6);
        String user = new String(in.readNBytes(in.readUnsignedShort()), UTF_8);
        return new Status(user, in.readUnsignedByte(), in.readLong());
    }

    private void expect(int type) throws IOException {
        int heard = in.readUnsignedByte();
        if (heard != type) {
            throw new AssertionError("expected " + type + ", heard " + heard);
        }
    }

    /** So many bytes. */
    byte[] read(int count) throws IOException {
        byte[] bytes = new byte[count];
        in.readFully(bytes);
        return bytes;
    }

    /** The next byte; -1 at the end, however it comes. */
    int read() throws IOException {
        try {
            return in.read();
        } catch (SocketException reset) {
            return -1;
        }
    }

    /** All that was said before has been dealt with when this returns, and nothing came but a status. */
    void sync() throws IOException {
        write(getStatus("nobody"));
        Status status = status();
        if (!status.user.equals("nobody")) {
            throw new AssertionError("a status of " + status.user);
        }
    }

    /** A message, or null if the connection ends before one is whole. */
    @Nullable
    Message messageOrEnd() throws IOException {
        try {
            return message();
        } catch (EOFException | SocketException end) {
            return null;
        }
    }

    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
