package dev.heddle.protocol;

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
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A connection that says exactly the bytes it is told to, and waits at most ten seconds for an answer. */
final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    private final Socket socket;
    private final DataInputStream in;

    RawClient(int port) throws IOException {
        this(port, 0);
    }

    /** @param buffers bytes of each of the kernel's buffers, 0: as it likes */
    RawClient(int port, int buffers) throws IOException {
        this(connected(port, buffers));
    }

    /** @param from the address on this machine that it comes from */
    RawClient(int port, String from) throws IOException {
        this(connected(port, 0, from));
    }

    /** On a connection that is there. */
    RawClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
    }

    /** @param buffers as above */
    static Socket connected(int port, int buffers) throws IOException {
        return connected(port, buffers, "127.0.0.1");
    }

    private static Socket connected(int port, int buffers, String from) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(from, 0));
        if (buffers > 0) {
            socket.setReceiveBufferSize(buffers);
            socket.setSendBufferSize(buffers);
        }
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        return socket;
    }

    /** Connects and logs in. */
    static RawClient login(int port, String user, long cursor) throws IOException {
        RawClient client = new RawClient(port);
        client.write(loginFrame(1, user, cursor));
        return client;
    }

    // ---- what it says ----

    interface Fields {
        void write(DataOutputStream out) throws IOException;
    }

    static byte[] frame(int type, Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(0);
            out.writeByte(type);
            fields.write(out);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        byte[] frame = bytes.toByteArray();
        ByteBuffer.wrap(frame).putInt(0, frame.length - 4);
        return frame;
    }

    static void str(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeByte(bytes.length);
        out.write(bytes);
    }

    static byte[] loginFrame(int version, String user, long cursor) {
        return frame(0x01, out -> {
            out.writeByte(version);
            str(out, user);
            out.writeLong(cursor);
            out.writeShort(0);
        });
    }

    static byte[] sendFrame(long id, String to, String text) {
        return frame(0x02, out -> {
            out.writeLong(id);
            str(out, to);
            out.write(text.getBytes(StandardCharsets.UTF_8));
        });
    }

    /** Where it comes from, as the server's log has it. */
    String address() {
        return socket.getLocalAddress().getHostAddress() + ":" + socket.getLocalPort();
    }

    /** The next byte, whatever it belongs to; -1 at the end. */
    int readByte() throws IOException {
        return in.read();
    }

    void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    void send(long id, String to, String text) throws IOException {
        write(sendFrame(id, to, text));
    }

    void ack(long seq) throws IOException {
        write(frame(0x03, out -> out.writeLong(seq)));
    }

    void query(int tag, String user) throws IOException {
        write(frame(0x04, out -> {
            out.writeInt(tag);
            str(out, user);
        }));
    }

    void watch(String user) throws IOException {
        write(frame(0x05, out -> str(out, user)));
    }

    void unwatch(String user) throws IOException {
        write(frame(0x06, out -> str(out, user)));
    }

    void signal(String to, String text) throws IOException {
        write(frame(0x07, out -> {
            str(out, to);
            out.writeBytes(text);
        }));
    }

    void ping(long opaque) throws IOException {
        write(frame(0x08, out -> out.writeLong(opaque)));
    }

    void logout() throws IOException {
        write(frame(0x09, out -> {}));
    }

    /** Says nothing more, and can still hear. */
    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    // ---- what it hears ----

    /** The next frame, or null at the end of the stream. */
    @Nullable
    Frame read() throws IOException {
        int length;
        try {
            length = in.readInt();
        } catch (EOFException | SocketException end) {
            return null;
        }
        int type = in.readUnsignedByte();
        byte[] body = new byte[length - 1];
        in.readFully(body);
        return new Frame(type, ByteBuffer.wrap(body));
    }

    /** The next frame; there has to be one. */
    Frame next() throws IOException {
        Frame frame = read();
        if (frame == null) {
            throw new AssertionError("the stream ended");
        }
        return frame;
    }

    /** The next frame, which has to be of this type. */
    Frame expect(int type) throws IOException {
        Frame frame = read();
        if (frame == null || frame.type() != type) {
            String code = frame != null && (frame.type() == Frame.GOODBYE) ? ", code " + frame.code() : "";
            throw new AssertionError("expected " + Integer.toHexString(type) + ", heard "
                    + (frame == null ? "the end of the stream" : frame + code));
        }
        return frame;
    }

    /** GOODBYE, and the end of the stream behind it; returns the code. */
    int expectGoodbye() throws IOException {
        int code = expect(Frame.GOODBYE).code();
        Frame more = read();
        if (more != null) {
            throw new AssertionError("after GOODBYE came " + more);
        }
        return code;
    }

    Frame.Welcome welcome() throws IOException {
        return expect(Frame.WELCOME).welcome();
    }

    Frame.Deliver deliver() throws IOException {
        return expect(Frame.DELIVER).deliver();
    }

    /** Whether nothing comes for so long. */
    boolean isSilent(int millis) throws IOException {
        socket.setSoTimeout(millis);
        try {
            return in.read() < 0;
        } catch (SocketTimeoutException silent) {
            return true;
        } finally {
            socket.setSoTimeout(PATIENCE_MILLIS);
        }
    }

    /** Everything that is heard up to the PONG of a PING sent now is handled before this returns. */
    void sync() throws IOException {
        ping(0x5151);
        Frame pong = expect(Frame.PONG);
        if (pong.number() != 0x5151) {
            throw new AssertionError("a PONG of something else");
        }
    }

    /** Cuts the connection, with a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
