package dev.heddle.bench.load;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Two clients of the old protocol, one of which writes to the other; the caller's thread. Bounded by a few hundred messages. */
final class LegacyPair implements Closeable {
    private static final int PATIENCE_MILLIS = 30_000;
    private static final int ID_BYTES = 16;

    private static final int LOGIN = 1;
    private static final int SEND = 2;
    private static final int ACK = 3;
    private static final int GET_STATUS = 5;
    private static final int STATUS = 6;
    private static final int DELIVERY = 0x10;
    private static final int LOGIN_OK_BYTES = 9;

    private final byte[] target;
    private final byte[] body;
    private final Socket sender;
    private final Socket receiver;
    private final DataInputStream deliveries;

    /** @param bytes of a message */
    LegacyPair(int port, String name, int bytes) throws IOException {
        this.target = (name + "-to").getBytes(StandardCharsets.US_ASCII);
        this.body = new byte[bytes];
        this.sender = new Socket(InetAddress.getLoopbackAddress(), port);
        this.receiver = new Socket(InetAddress.getLoopbackAddress(), port);
        login(sender, (name + "-from").getBytes(StandardCharsets.US_ASCII));
        this.deliveries = login(receiver, target);
    }

    @CanIgnoreReturnValue
    private static DataInputStream login(Socket socket, byte[] user) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        ByteArrayOutputStream login = new ByteArrayOutputStream();
        login.write(LOGIN);
        login.write(user);
        socket.getOutputStream().write(login.toByteArray());
        DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        in.readFully(new byte[LOGIN_OK_BYTES]);
        return in;
    }

    /** So many messages, written so many at a time; each of them is acknowledged, and when that is known come the next. */
    void run(int messages, int together) throws IOException {
        for (int sent = 0; sent < messages; sent += together) {
            ByteArrayOutputStream commands = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(commands);
            for (int i = 0; i < together; i++) {
                named(out, SEND);
                out.writeShort(body.length);
                out.write(body);
            }
            sender.getOutputStream().write(commands.toByteArray());
            commands.reset();
            for (int i = 0; i < together; i++) {
                out.writeByte(ACK);
                out.write(delivered());
            }
            named(out, GET_STATUS);
            receiver.getOutputStream().write(commands.toByteArray());
            expect(deliveries, STATUS);
            deliveries.readFully(new byte[deliveries.readUnsignedShort() + 1 + Long.BYTES]);
        }
    }

    private void named(DataOutputStream out, int command) throws IOException {
        out.writeByte(command);
        out.writeShort(target.length);
        out.write(target);
    }

    /** The id of the next one. */
    private byte[] delivered() throws IOException {
        expect(deliveries, DELIVERY);
        byte[] id = new byte[deliveries.readUnsignedShort()];
        deliveries.readFully(id);
        deliveries.readFully(new byte[deliveries.readInt()]);
        if (id.length != ID_BYTES) {
            throw new IOException("an id of " + id.length + " bytes");
        }
        return id;
    }

    private static void expect(DataInputStream in, int type) throws IOException {
        int heard = in.readUnsignedByte();
        if (heard != type) {
            throw new IOException("heard " + heard + " instead of " + type);
        }
    }

    @Override
    public void close() throws IOException {
        sender.close();
        receiver.close();
    }
}
