package dev.heddle.edge;

import dev.heddle.events.Event;
import dev.heddle.events.EventLog;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the connections of a TLS port share: where their engines come from, whose turn it is to calculate, and who failed; any
 * thread. At most half of the processors calculate keys and signatures at a time (invariant 6).
 */
final class Handshakes {
    private static final Logger LOG = LoggerFactory.getLogger(Handshakes.class);

    private final Supplier<SSLEngine> engines;
    private final EventLog events;
    private final Scratch scratch = new Scratch();
    private final Semaphore turns =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), true);

    Handshakes(Supplier<SSLEngine> engines, EventLog events) {
        this.engines = engines;
        this.events = events;
    }

    Scratch scratch() {
        return scratch;
    }

    /** An engine that waits for the client's first words. */
    SSLEngine begin() throws SSLException {
        SSLEngine engine = engines.get();
        engine.beginHandshake();
        return engine;
    }

    /** Does what the engine has to calculate, when it is this connection's turn; the connection's reader. */
    void calculate(SSLEngine engine, SocketChannel socket) throws IOException {
        turns.acquireUninterruptibly();
        try {
            if (!socket.isOpen()) {
                // Its time was over before its turn came.
                throw new ClosedChannelException();
            }
            for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                task.run();
            }
        } finally {
            turns.release();
        }
    }

    /** A connection has ended before it was one. */
    void failed(SocketChannel socket, String why) {
        events.at(LOG, Event.HANDSHAKE_FAILED)
                .addKeyValue("from", () -> Polled.peer(socket))
                .addKeyValue("reason", why)
                .log();
    }
}
