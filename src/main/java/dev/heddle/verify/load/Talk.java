package dev.heddle.verify.load;

import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.RejectCode;
import dev.heddle.wire.ServerFrame;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One logged-in connection that a scenario talks on, a frame at a time; one thread. It waits ten seconds for each answer. */
public final class Talk implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    private final Socket socket;
    private final DataInputStream in;
    private final long firstId;
    private final long serverTime;
    private long nextId;
    private long cursor;

    /**
     * Logs in.
     *
     * @throws IOException if that is refused, with the server's reason
     */
    public Talk(int port, String user, long cursor) throws IOException {
        this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
        this.cursor = cursor;
        try {
            socket.setSoTimeout(PATIENCE_MILLIS);
            this.in = new DataInputStream(socket.getInputStream());
            byte[] name = utf8(user);
            write(ClientFrames.loginSize(name.length, 0), out -> ClientFrames.login(out, name, cursor, new byte[0]));
            ServerFrame welcome = next();
            if (welcome.type() != Protocol.WELCOME) {
                throw new IOException(user + " is not welcome: " + said(welcome));
            }
            this.firstId = welcome.firstId();
            this.serverTime = welcome.serverTime();
            this.nextId = firstId;
        } catch (IOException | RuntimeException failure) {
            socket.close();
            throw failure;
        }
    }

    private static String said(ServerFrame frame) {
        return frame.type() == Protocol.GOODBYE ? GoodbyeCode.of(frame.code()) + "" : "a frame of type " + frame.type();
    }

    /** From WELCOME. */
    public long firstId() {
        return firstId;
    }

    /** From WELCOME, milliseconds since 1970. */
    public long serverTime() {
        return serverTime;
    }

    /** The highest seq that has come. */
    public long cursor() {
        return cursor;
    }

    /** Sends a message under the next id; how it was rejected, or null if it was accepted. */
    public @Nullable RejectCode send(String to, String body) throws IOException {
        long id = nextId++;
        byte[] name = utf8(to);
        byte[] bytes = utf8(body);
        write(ClientFrames.sendSize(name.length, bytes.length), out -> ClientFrames.send(out, id, name, bytes));
        while (true) {
            ServerFrame frame = next();
            if (frame.type() == Protocol.ACCEPTED && Long.compareUnsigned(frame.id(), id) >= 0) {
                return null;
            } else if (frame.type() == Protocol.REJECTED && frame.id() == id) {
                return RejectCode.of(frame.code());
            }
        }
    }

    /** The next message, which is acknowledged; null if none comes in this time. */
    public @Nullable String receive(int patienceMillis) throws IOException {
        socket.setSoTimeout(patienceMillis);
        try {
            while (true) {
                ServerFrame frame = next();
                if (frame.type() == Protocol.DELIVER) {
                    if (Long.compareUnsigned(frame.seq(), cursor) <= 0) {
                        throw new IOException("seq " + frame.seq() + " comes after " + cursor);
                    }
                    cursor = frame.seq();
                    write(ClientFrames.ACK_BYTES, out -> ClientFrames.ack(out, cursor));
                    return new String(frame.body(), StandardCharsets.UTF_8);
                } else if (frame.type() == Protocol.GOODBYE) {
                    throw new IOException("GOODBYE " + said(frame));
                }
            }
        } catch (SocketTimeoutException none) {
            return null;
        } finally {
            socket.setSoTimeout(PATIENCE_MILLIS);
        }
    }

    /** When somebody was last seen, milliseconds since 1970. */
    public long lastSeen(String user) throws IOException {
        byte[] name = utf8(user);
        write(ClientFrames.querySize(name.length), out -> ClientFrames.query(out, 1, name));
        while (true) {
            ServerFrame frame = next();
            if (frame.type() == Protocol.PRESENCE) {
                return frame.lastSeen();
            }
        }
    }

    /** Logs out, and hears BYE. */
    public void logOut() throws IOException {
        write(ClientFrames.LOGOUT_BYTES, ClientFrames::logout);
        while (next().type() != Protocol.GOODBYE) {
            // What was on its way.
        }
    }

    private void write(int size, Consumer<ByteBuffer> encoder) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(size);
        encoder.accept(out);
        socket.getOutputStream().write(out.array());
    }

    private ServerFrame next() throws IOException {
        int length = in.readInt();
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        ServerFrame frame = new ServerFrame();
        if (!frame.parse(ByteBuffer.wrap(bytes), bytes[0] & 0xff, 1, length)) {
            throw new IOException("a frame of type " + bytes[0] + " does not parse");
        }
        return frame;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
