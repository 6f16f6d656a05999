package dev.heddle.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntFunction;

/**
 * A bad network between a client and a server; any thread. It passes bytes on, and cuts each connection at the byte that it is
 * told, in either direction. Bounded by a few kilobytes a connection.
 */
final class Relay implements AutoCloseable {
    /**
     * How many bytes of a connection go through. It is cut when the next one comes, so that whoever sent it is sure to have
     * sent it, and nobody to have read it.
     *
     * @param silently what comes after is swallowed, and the connection stays
     */
    record Cut(long toServer, long toClient, boolean silently) {
        static final Cut NEVER = new Cut(Long.MAX_VALUE, Long.MAX_VALUE, false);
    }

    /** Of both directions of one connection. */
    private final class Pipe {
        private final Socket client;
        private final Socket server;

        Pipe(Socket client, Cut cut) throws IOException {
            this.client = client;
            this.server = new Socket();
            server.setReceiveBufferSize(BUFFER);
            server.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
            Thread.ofVirtual().start(() -> pump(client, server, cut.toServer(), cut.silently()));
            Thread.ofVirtual().start(() -> pump(server, client, cut.toClient(), cut.silently()));
        }

        private void pump(Socket from, Socket to, long most, boolean silently) {
            byte[] bytes = new byte[BUFFER];
            long left = most;
            try (InputStream in = from.getInputStream();
                    OutputStream out = to.getOutputStream()) {
                for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                    out.write(bytes, 0, (int) Math.min(count, left));
                    if (count > left && !silently) {
                        break;
                    }
                    left = Math.max(0, left - count);
                }
            } catch (IOException gone) {
                // The other direction, or one of the two sides, ended it.
            }
            close();
        }

        void close() {
            try (client;
                    server) {
                // Closed, which is all there is to do.
            } catch (IOException ignored) {
                // It is of no more use either way.
            }
        }
    }

    static final int WELCOME_BYTES = 40;
    static final int ACCEPTED_BYTES = 13;
    private static final int BUFFER = 4096;

    private final ServerSocket listening;
    private final int target;
    private final IntFunction<Cut> cuts;
    private final List<Pipe> pipes = new CopyOnWriteArrayList<>();

    /**
     * @param target port of the server
     * @param cuts by the number of the connection, from 0
     */
    Relay(int target, IntFunction<Cut> cuts) throws IOException {
        this.target = target;
        this.cuts = cuts;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
        for (int number = 0; !listening.isClosed(); number++) {
            try {
                Socket client = listening.accept();
                try {
                    pipes.add(new Pipe(client, cuts.apply(number)));
                } catch (IOException noServer) {
                    client.close();
                }
            } catch (IOException closed) {
                return;
            }
        }
    }

    int port() {
        return listening.getLocalPort();
    }

    /** How many connections there have been. */
    int connections() {
        return pipes.size();
    }

    /** Cuts what is connected now. */
    void cut() {
        new ArrayList<>(pipes).forEach(Pipe::close);
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        cut();
    }
}
