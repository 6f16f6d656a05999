package dev.heddle.verify.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A TCP proxy that is a bad network; any thread may change the weather. Bounded by its connections: 2 MiB each at most.
 *
 * <pre>
 *   client --up pipe--> server          weather: delay, jitter, bandwidth, a direction that does not pass
 *   client <--down pipe-- server        at once: reset both ends, or leave the server with half a connection
 * </pre>
 */
public final class FaultProxy implements AutoCloseable {
    private static final int BACKLOG = 1024;

    private final ServerSocket listener;
    private final int upstream;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final Random random;
    private volatile Weather weather = Weather.FAIR;

    /** One client's connection and its counterpart. */
    private final class Link {
        final Socket client;
        final Socket server;
        final Pipe up;
        final Pipe down;
        volatile boolean halfOpen;

        Link(Socket client, Socket server, long seed) {
            this.client = client;
            this.server = server;
            this.up = new Pipe(() -> weather, true, seed, this::over);
            this.down = new Pipe(() -> weather, false, ~seed, this::over);
        }

        void start() throws IOException {
            up.start(client.getInputStream(), server.getOutputStream());
            down.start(server.getInputStream(), client.getOutputStream());
        }

        /** One end is gone: so is the other, unless the server is to go on believing in it. */
        void over() {
            if (!halfOpen) {
                end();
            }
        }

        void end() {
            links.remove(this);
            up.close();
            down.close();
            quietly(client);
            quietly(server);
        }

        /** Both ends hear RST. Whoever finds one closed closes the other, so both are made ready for it before. */
        void reset() {
            resetsWhenClosed(client);
            resetsWhenClosed(server);
            end();
        }

        /** The client hears RST; the server hears nothing. */
        void halve() {
            halfOpen = true;
            resetsWhenClosed(client);
            quietly(client);
        }
    }

    /**
     * Listens on a port of its own.
     *
     * @param upstream the server's port on this machine
     */
    public FaultProxy(int upstream, long seed) throws IOException {
        this.upstream = upstream;
        this.random = new Random(seed);
        this.listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("verify-proxy-accept").start(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                long seed = random.nextLong();
                Thread.ofVirtual().start(() -> connect(client, seed));
            }
        } catch (IOException closed) {
            // Closed by us.
        }
    }

    private void connect(Socket client, long seed) {
        Socket server = new Socket();
        try {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), upstream));
            Link link = new Link(client, server, seed);
            links.add(link);
            link.start();
        } catch (IOException refused) {
            quietly(client);
            quietly(server);
        }
    }

    /** From now on, for connections that are and that come. */
    public void weather(Weather now) {
        weather = now;
    }

    /** Every connection, at once: both ends hear RST. */
    public void resetAll() {
        links.forEach(Link::reset);
    }

    /** Every connection, at once: clients hear RST, the server hears nothing until {@link #forgetHalves}. */
    public void halveAll() {
        links.forEach(Link::halve);
    }

    /** Ends what {@link #halveAll} has left. */
    public void forgetHalves() {
        links.stream().filter(link -> link.halfOpen).forEach(Link::end);
    }

    public int connections() {
        return links.size();
    }

    private static void resetsWhenClosed(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException gone) {
            // That was the intention.
        }
    }

    private static void quietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            // That was the intention.
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        links.forEach(Link::end);
    }
}
