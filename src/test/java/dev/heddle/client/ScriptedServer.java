package dev.heddle.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Something that is no good server, on a real socket: it does with each connection what a test says. Any thread. */
final class ScriptedServer implements AutoCloseable {
    /** What happens on one connection, which is closed afterwards. */
    @FunctionalInterface
    interface Script {
        void run(Line line) throws IOException;
    }

    /** A frame of the client's, without its length. */
    @SuppressWarnings("ArrayRecordComponent")
    record Heard(int type, byte[] body) {}

    /** One connection, as the server sees it. */
    static final class Line {
        final int number;
        private final DataInputStream in;
        private final DataOutputStream out;

        Line(int number, Socket socket) throws IOException {
            this.number = number;
            this.in = new DataInputStream(socket.getInputStream());
            this.out = new DataOutputStream(socket.getOutputStream());
        }

        Heard hear() throws IOException {
            byte[] frame = new byte[in.readInt()];
            in.readFully(frame);
            return new Heard(frame[0], java.util.Arrays.copyOfRange(frame, 1, frame.length));
        }

        /** Reads until a frame of this type. */
        Heard hear(int type) throws IOException {
            Heard heard = hear();
            while (heard.type() != type) {
                heard = hear();
            }
            return heard;
        }

        /** Reads for as long as the client is there. */
        void hearOut() throws IOException {
            in.transferTo(java.io.OutputStream.nullOutputStream());
        }

        void raw(byte[] bytes) throws IOException {
            out.write(bytes);
        }

        void say(int type, Object... fields) throws IOException {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            DataOutputStream data = new DataOutputStream(body);
            for (Object field : fields) {
                switch (field) {
                    case Long number -> data.writeLong(number);
                    case Integer number -> data.writeInt(number);
                    case Short number -> data.writeShort(number);
                    case Byte number -> data.writeByte(number);
                    case String name -> {
                        data.writeByte(name.getBytes(UTF_8).length);
                        data.write(name.getBytes(UTF_8));
                    }
                    case byte[] rest -> data.write(rest);
                    default -> throw new IllegalArgumentException("a field of " + field.getClass());
                }
            }
            byte[] whole = body.toByteArray();
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            DataOutputStream framed = new DataOutputStream(frame);
            framed.writeInt(1 + whole.length);
            framed.writeByte(type);
            framed.write(whole);
            out.write(frame.toByteArray());
        }

        void welcome(long firstId, int frameLimit) throws IOException {
            hear(0x01);
            say(0x81, (byte) 1, 1L, firstId, 0, frameLimit, (short) 60, 0L);
        }

        void welcome() throws IOException {
            welcome(1, 1 << 20);
        }

        void deliver(long seq, String sender, String text) throws IOException {
            say(0x83, seq, seq, 0L, (byte) 0, sender, text.getBytes(UTF_8));
        }

        void goodbye(int code, String reason) throws IOException {
            say(0x88, (short) code, 0, reason.getBytes(UTF_8));
        }
    }

    private final ServerSocket listening;
    private final Script script;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    /** When each connection began, by {@link System#nanoTime}. */
    final List<Long> arrivals = new CopyOnWriteArrayList<>();

    ScriptedServer(Script script) throws IOException {
        this.script = script;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                int number = arrivals.size();
                arrivals.add(System.nanoTime());
                Thread.ofVirtual().start(() -> run(number, socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void run(int number, Socket socket) {
        try (socket) {
            script.run(new Line(number, socket));
        } catch (IOException gone) {
            // The client has ended it.
        }
    }

    int port() {
        return listening.getLocalPort();
    }

    @Override
    public void close() {
        try {
            listening.close();
            for (Socket socket : new ArrayList<>(sockets)) {
                socket.close();
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
