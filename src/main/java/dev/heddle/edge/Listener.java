package dev.heddle.edge;

import dev.heddle.events.Event;
import dev.heddle.events.EventLog;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts connections, on a platform thread of its own. When the process has no file descriptor left it waits and tries
 * again.
 */
final class Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
    private static final int PENDING_CONNECTIONS = 4096;
    private static final long PAUSE_NANOS = 100_000_000;

    /** What becomes of a socket. */
    interface Arrival {
        void arrived(SocketChannel channel) throws IOException;
    }

    private final ServerSocketChannel server;
    private final Arrival arrival;
    private final EventLog events;
    private final Thread thread;

    /** @param clients who connect there, for people; empty: those that speak in frames */
    Listener(
            String name,
            InetSocketAddress address,
            String clients,
            int receiveBufferBytes,
            Arrival arrival,
            EventLog events)
            throws IOException {
        this.arrival = arrival;
        this.events = events;
        this.server = ServerSocketChannel.open();
        try {
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            // Accepted sockets inherit it; set later, it would no longer bound the window they advertise.
            server.setOption(StandardSocketOptions.SO_RCVBUF, receiveBufferBytes);
            server.bind(address, PENDING_CONNECTIONS);
        } catch (BindException taken) {
            server.close();
            throw new PortTakenException(
                    address,
                    "cannot listen on " + address.getHostString() + ":" + address.getPort()
                            + (clients.isEmpty() ? "" : " for " + clients) + ": " + taken.getMessage(),
                    taken);
        } catch (IOException | RuntimeException failure) {
            server.close();
            throw failure;
        }
        this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::live);
    }

    void start() {
        thread.start();
    }

    InetSocketAddress address() throws IOException {
        return (InetSocketAddress) server.getLocalAddress();
    }

    private void live() {
        while (server.isOpen()) {
            try {
                welcome(server.accept());
            } catch (AsynchronousCloseException closed) {
                return;
            } catch (IOException | RuntimeException failure) {
                if (server.isOpen()) {
                    events.at(LOG, Event.ACCEPT_FAILED)
                            .addKeyValue("reason", failure.getMessage())
                            .log();
                    LockSupport.parkNanos(this, PAUSE_NANOS);
                }
            }
        }
    }

    private void welcome(SocketChannel channel) throws IOException {
        try {
            arrival.arrived(channel);
        } catch (IOException gone) {
            channel.close();
        }
    }

    /** Instead of {@link #start}. */
    void abandon() throws IOException {
        server.close();
    }

    void close() throws IOException, InterruptedException {
        server.close();
        if (thread.isAlive()) {
            thread.join();
        }
    }
}
