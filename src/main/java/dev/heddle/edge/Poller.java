package dev.heddle.edge;

import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.agrona.DeadlineTimerWheel;
import org.agrona.collections.Long2ObjectHashMap;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for sockets and for time, on one platform thread; owns the selector and the timer wheel. Bounded by the connections:
 * one key and one timer each, and two changes that wait.
 *
 * <p>A connection asks to be woken once at a time ({@link #awaitReadable}, {@link #awaitWritable}); readiness is level
 * triggered, so asking after the last attempt misses nothing. Its one timer says when to look at it again; nothing is done
 * for a connection in between.
 */
final class Poller {
    private static final Logger LOG = LoggerFactory.getLogger(Poller.class);
    private static final long TICK_MILLIS = 128;

    private final Selector selector;
    private final LongSupplier nanos;
    private final Thread thread;
    private final DeadlineTimerWheel wheel;
    private final Long2ObjectHashMap<Connection> timers = new Long2ObjectHashMap<>();
    private final MpscUnboundedArrayQueue<Connection> changes = new MpscUnboundedArrayQueue<>(256);
    private volatile boolean stopping;

    Poller(String name, LongSupplier nanos) throws IOException {
        this.selector = Selector.open();
        this.nanos = nanos;
        this.wheel = new DeadlineTimerWheel(
                TimeUnit.MILLISECONDS, TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong()), TICK_MILLIS, 1024);
        this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::live);
    }

    void start() {
        thread.start();
    }

    /** Makes the connection known; its {@link Connection#due} is called for the first time at once. Bounded by the listener. */
    SelectionKey register(SocketChannel channel, Connection connection) throws IOException {
        return channel.register(selector, 0, connection);
    }

    /** Starts the connection's timer, or, once it is closed, takes it back. */
    void watch(Connection connection) {
        changes.offer(connection);
        wakeup();
    }

    /** Has {@link Connection#readable} called once, as soon as there is something to read. */
    void awaitReadable(SelectionKey key) {
        key.interestOpsOr(SelectionKey.OP_READ);
        wakeup();
    }

    /** Has {@link Connection#writable} called once, as soon as the socket takes something. */
    void awaitWritable(SelectionKey key) {
        key.interestOpsOr(SelectionKey.OP_WRITE);
        wakeup();
    }

    private void wakeup() {
        if (Thread.currentThread() != thread) {
            selector.wakeup();
        }
    }

    private void live() {
        while (!stopping) {
            try {
                selector.select(this::ready, timers.isEmpty() ? 0 : TICK_MILLIS * 8);
                takeChanges();
                pollTimers();
            } catch (ClosedSelectorException closed) {
                return;
            } catch (IOException | RuntimeException failure) {
                LOG.error("poller: {}", failure.toString(), failure);
            }
        }
    }

    private void ready(SelectionKey key) {
        if (!key.isValid()) {
            return;
        }
        int ops = key.readyOps();
        key.interestOpsAnd(~ops);
        Connection connection = (Connection) key.attachment();
        if ((ops & SelectionKey.OP_READ) != 0) {
            connection.readable();
        }
        if ((ops & SelectionKey.OP_WRITE) != 0) {
            connection.writable();
        }
    }

    private void takeChanges() {
        for (Connection changed = changes.poll(); changed != null; changed = changes.poll()) {
            if (changed.timer != 0) {
                wheel.cancelTimer(changed.timer);
                timers.remove(changed.timer);
                changed.timer = 0;
            }
            schedule(changed);
        }
    }

    private void pollTimers() {
        long now = millis();
        while (wheel.currentTickTime() <= now) {
            wheel.poll(now, (unit, time, timer) -> expire(timer), Integer.MAX_VALUE);
        }
    }

    private boolean expire(long timer) {
        Connection connection = timers.remove(timer);
        if (connection != null) {
            connection.timer = 0;
            schedule(connection);
        }
        return true;
    }

    /** Asks the connection what is due, and when to ask again. */
    private void schedule(Connection connection) {
        long again = connection.due(nanos.getAsLong());
        if (again > 0) {
            connection.timer = wheel.scheduleTimer(millis() + TimeUnit.NANOSECONDS.toMillis(again) + 1);
            timers.put(connection.timer, connection);
        }
    }

    private long millis() {
        return TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong());
    }

    /** Instead of {@link #start}. */
    void abandon() throws IOException {
        selector.close();
    }

    void close() throws IOException, InterruptedException {
        stopping = true;
        selector.wakeup();
        if (thread.isAlive()) {
            thread.join();
        }
        selector.close();
    }
}
