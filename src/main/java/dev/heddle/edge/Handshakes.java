package dev.heddle.edge;

import dev.heddle.events.Event;
import dev.heddle.events.EventLog;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the connections of a TLS port share: where their engines come from, whose turn it is to calculate, and who failed; any
 * thread. At most half of the processors calculate keys and signatures at a time (invariant 6).
 *
 * <p>Who waits for that does so in a {@link FairLine}. Bounded by what can be calculated in {@link #MOST_WAIT_NANOS}: from then
 * on the latest of the address that has most in the line is refused, which costs nothing, so that a flood of handshakes does not
 * make all others wait until their time is over.
 */
final class Handshakes {
    private static final Logger LOG = LoggerFactory.getLogger(Handshakes.class);

    static final String TOO_MANY = "too many handshakes at once";

    /** How long the line may get, in time. */
    private static final long MOST_WAIT_NANOS = 500_000_000L;

    /** So many may wait however long it takes: calculations are slow for some seconds after a start. */
    private static final int ALWAYS = 128;

    /** What one calculation is taken to cost before there was any. */
    private static final long USUAL_NANOS = 1_000_000L;

    /** A connection that waits for its turn. */
    private static final class Waiter {
        private final Thread thread = Thread.currentThread();
        private volatile boolean called;
        private volatile boolean refused;
    }

    /** Whether the client has gone. */
    interface Departure {
        boolean isOver() throws IOException;
    }

    private final Supplier<SSLEngine> engines;
    private final EventLog events;
    private final LongSupplier nanos;
    private final Scratch scratch = new Scratch();

    private final ReentrantLock lock = new ReentrantLock();
    private final int turns;

    // Under the lock.
    private final FairLine<Waiter> line = new FairLine<>();
    private int free;
    private long meanNanos = USUAL_NANOS;

    Handshakes(Supplier<SSLEngine> engines, EventLog events, LongSupplier nanos) {
        this(engines, events, nanos, Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    }

    /** @param turns how many calculate at a time */
    Handshakes(Supplier<SSLEngine> engines, EventLog events, LongSupplier nanos, int turns) {
        this.engines = engines;
        this.events = events;
        this.nanos = nanos;
        this.turns = turns;
        this.free = turns;
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

    /**
     * Does what the engine has to calculate, when it is this connection's turn; the connection's reader.
     *
     * @throws SSLException if there are too many before it
     * @throws ClosedChannelException if the connection is over before its turn
     */
    void calculate(SSLEngine engine, SocketChannel socket, Departure client) throws IOException {
        awaitTurn(socket);
        long began = nanos.getAsLong();
        try {
            if (!socket.isOpen() || client.isOver()) {
                throw new ClosedChannelException();
            }
            for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                task.run();
            }
        } finally {
            passTurn(nanos.getAsLong() - began);
        }
    }

    private void awaitTurn(SocketChannel socket) throws IOException {
        Waiter waiter = waiter(socket);
        if (waiter == null) {
            return;
        }
        while (!waiter.called) {
            LockSupport.park(this);
        }
        if (waiter.refused) {
            throw new SSLException(TOO_MANY);
        }
    }

    /** Null if it has its turn at once. */
    private @Nullable Waiter waiter(SocketChannel socket) {
        long address = Polled.address(socket);
        lock.lock();
        try {
            if (free > 0) {
                free--;
                return null;
            }
            Waiter waiter = new Waiter();
            line.add(address, waiter);
            if (line.size() > ALWAYS && line.size() * meanNanos > MOST_WAIT_NANOS * turns) {
                refuse(line.dropLatest());
            }
            return waiter;
        } finally {
            lock.unlock();
        }
    }

    private static void refuse(@Nullable Waiter waiter) {
        if (waiter != null) {
            waiter.refused = true;
            call(waiter);
        }
    }

    private static void call(Waiter waiter) {
        waiter.called = true;
        LockSupport.unpark(waiter.thread);
    }

    private void passTurn(long took) {
        lock.lock();
        try {
            // Those whose client had gone cost nothing, and say nothing about those who are there.
            meanNanos += took > USUAL_NANOS / 16 ? (took - meanNanos) / 16 : 0;
            Waiter next = line.poll();
            if (next == null) {
                free++;
            } else {
                call(next);
            }
        } finally {
            lock.unlock();
        }
    }

    /** How many wait. */
    int waiting() {
        lock.lock();
        try {
            return line.size();
        } finally {
            lock.unlock();
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
