package dev.heddle.legacy;

import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.ServerFrame;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * One client of the old protocol and its connection to the server. Its own virtual thread logs in and then brings commands to
 * the server; a second one, which it starts and waits for, brings deliveries back; any thread may end it. Bounded by its
 * buffers and its acknowledgements.
 *
 * <pre>
 *   LOGIN read --> WELCOME read, LOGIN_OK written --> both ways --> no more commands, or one that makes no sense:
 *                                                                   the server hears the end, answers, and ends
 *     |                |                                |
 *     +----------------+--- client or server gone ------+--> both sockets closed
 * </pre>
 *
 * However it ends: what was read from the client is with the server before its connection is closed, and has been answered,
 * unless the server itself has ended it.
 */
final class Conversation implements Runnable {
    private static final int CONNECT_MILLIS = 5_000;
    private static final int WELCOME_MILLIS = 30_000;
    private static final int WELCOME_BODY = 35;

    /** How long a client that has said its last word gets to read what it asked for. */
    private static final Duration LINGER = Duration.ofSeconds(2);

    /** Pings to a heartbeat. */
    private static final int PINGS = 3;

    /** This protocol has no heartbeat: who vanished without a word is missed by TCP, within two minutes. In seconds. */
    private static final Map<SocketOption<Integer>, Integer> KEEPALIVE = Map.of(
            ExtendedSocketOptions.TCP_KEEPIDLE, 60,
            ExtendedSocketOptions.TCP_KEEPINTERVAL, 15,
            ExtendedSocketOptions.TCP_KEEPCOUNT, 4);

    /** What WELCOME says. */
    private record Welcome(long firstId, int frameLimit, int heartbeatSeconds) {}

    private final Gateway gateway;
    private final LegacyOptions options;
    private final Socket client;

    Conversation(Gateway gateway, Socket client) {
        this.gateway = gateway;
        this.options = gateway.options();
        this.client = client;
    }

    @Override
    public void run() {
        try {
            prepare();
            Incoming in = new Incoming(client.getInputStream(), Incoming.Waiting.IDLY);
            byte[] user = login(in);
            try (Socket server = connect()) {
                talk(in, server, user);
            }
        } catch (IOException end) {
            tell(end);
        } finally {
            close();
            gateway.closed(this);
        }
    }

    /** Client and server may go without a word; what is wrong is told. */
    private void tell(IOException end) {
        if (end instanceof MalformedException fault) {
            gateway.fault(client.getRemoteSocketAddress(), String.valueOf(fault.getMessage()));
        }
    }

    private void prepare() throws IOException {
        client.setTcpNoDelay(true);
        client.setSendBufferSize(options.sendBufferBytes());
        client.setKeepAlive(true);
        for (Map.Entry<SocketOption<Integer>, Integer> option : KEEPALIVE.entrySet()) {
            if (client.supportedOptions().contains(option.getKey())) {
                client.setOption(option.getKey(), option.getValue());
            }
        }
    }

    /**
     * LOGIN has no end: it takes what has arrived, up to where a command begins, which no name contains.
     */
    private byte[] login(Incoming in) throws IOException {
        long until = gateway.nanos() + TimeUnit.SECONDS.toNanos(options.loginSeconds());
        client.setSoTimeout(Math.toIntExact(TimeUnit.SECONDS.toMillis(options.loginSeconds())));
        if (in.need(1).get() != Legacy.LOGIN) {
            throw new MalformedException("LOGIN has to come first");
        }
        client.setSoTimeout((int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(until - gateway.nanos())));
        ByteBuffer arrived = in.need(1);
        int end = arrived.position();
        while (end < arrived.limit() && !isControl(arrived.get(end))) {
            end++;
        }
        return Commands.name(arrived, end - arrived.position());
    }

    private static boolean isControl(byte character) {
        return character >= 0 && character < ' ';
    }

    private Socket connect() throws IOException {
        Socket server = new Socket();
        try {
            server.setTcpNoDelay(true);
            server.setSendBufferSize(options.sendBufferBytes());
            server.setReceiveBufferSize(options.receiveBufferBytes());
            server.connect(gateway.server(), CONNECT_MILLIS);
            return server;
        } catch (IOException failure) {
            server.close();
            throw failure;
        }
    }

    private void talk(Incoming in, Socket server, byte[] user) throws IOException {
        Incoming fromServer = new Incoming(server.getInputStream(), Incoming.Waiting.IDLY);
        server.setSoTimeout(WELCOME_MILLIS);
        ToServer.login(server.getOutputStream(), user);
        Welcome welcome = welcome(fromServer);
        server.setSoTimeout(0);
        client.setSoTimeout(patienceMillis(welcome));

        Acknowledgements acknowledgements = new Acknowledgements();
        ToServer toServer = new ToServer(server.getOutputStream(), welcome.firstId(), acknowledgements);
        Outgoing toClient = new Outgoing(new UntilGone(client.getOutputStream()));
        Deliveries deliveries = new Deliveries(fromServer, toClient, toServer, acknowledgements, this::refused);
        Commands commands = new Commands(
                in,
                toServer,
                acknowledgements,
                welcome.frameLimit(),
                TimeUnit.SECONDS.toNanos(options.idleSeconds()),
                gateway::nanos);
        byte[] loginOk = Legacy.loginOk();
        toClient.write(loginOk, 0, loginOk.length);
        Thread delivering = Thread.ofVirtual().start(() -> deliver(deliveries));
        try {
            commands.run();
        } finally {
            part(toServer, server, delivering);
        }
    }

    private static Welcome welcome(Incoming in) throws IOException {
        ServerFrame frame = new ServerFrame();
        ByteBuffer buffer = in.need(Protocol.LENGTH_BYTES + 1);
        int length = buffer.getInt() - 1;
        int type = buffer.get() & 0xff;
        buffer = in.need(Math.min(length, WELCOME_BODY));
        boolean known = frame.parse(buffer, type, buffer.position(), buffer.position() + length);
        if (!known || type != Protocol.WELCOME) {
            throw new IOException("the server does not let it in: "
                    + (known && type == Protocol.GOODBYE ? String.valueOf(GoodbyeCode.of(frame.code())) : type));
        }
        buffer.position(buffer.position() + length);
        return new Welcome(frame.firstId(), frame.frameLimit(), frame.heartbeatSeconds());
    }

    /** How long to listen to silence before something is done: time for a PING, or for an end. */
    private int patienceMillis(Welcome welcome) {
        long ping = TimeUnit.SECONDS.toMillis(welcome.heartbeatSeconds()) / PINGS;
        long idle = TimeUnit.SECONDS.toMillis(options.idleSeconds());
        return Math.toIntExact(idle == 0 ? ping : Math.min(idle, ping));
    }

    private void deliver(Deliveries deliveries) {
        try {
            deliveries.run();
        } catch (IOException end) {
            tell(end);
        }
        // Nobody can be talked to any more.
        close();
    }

    /** The client has nothing more to say, or makes no sense: the server answers what it has got, and ends. */
    private void part(ToServer toServer, Socket server, Thread delivering) throws IOException {
        Thread.ofVirtual().start(() -> cutOff(delivering));
        try {
            toServer.flush();
            server.shutdownOutput();
        } catch (IOException gone) {
            server.close();
        }
        join(delivering, null);
    }

    private void cutOff(Thread delivering) {
        if (!join(delivering, LINGER)) {
            close();
        }
    }

    private static boolean join(Thread thread, @Nullable Duration patience) {
        try {
            if (patience == null) {
                thread.join();
                return true;
            }
            return thread.join(patience);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The only word that this protocol has for it is the end. */
    private void refused(int code) {
        gateway.refused(client.getRemoteSocketAddress(), code);
        leave();
    }

    /** Any thread: nothing more is read from the client; what was read is brought to its end. */
    void leave() {
        try {
            if (!client.isInputShutdown()) {
                client.shutdownInput();
            }
        } catch (IOException gone) {
            close();
        }
    }

    /** Any thread: at once. */
    void close() {
        try {
            client.close();
        } catch (IOException ignored) {
            // It is gone either way.
        }
    }
}
