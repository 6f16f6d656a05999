package dev.heddle.edge;

import dev.heddle.events.Event;
import dev.heddle.events.EventLog;
import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for sockets and for time, on one platform thread; owns the selector and the timer wheel. Bounded by the connections:
 * one key, one timer and one place in the queue of wishes each.
 *
 * <p>A connection asks to be woken once at a time ({@link #READ}, {@link #WRITE}); readiness is level triggered, so asking
 * after the last attempt misses nothing. Its one timer says when to look at it again; nothing is done for a connection in
 * between.
 *
 * <p>Where a single socket is ready there is little going on, and the way through another thread is the longest part of a
 * message's way: then its connection may read and handle what there is on this thread.
 *
 * <p>Whatever touches the selector, its keys, or the end of a channel that is registered with it happens on this thread and
 * no other: those take monitors that it holds for long, and a virtual thread that has to wait for a contended monitor may
 * be woken late or, in some releases of the JDK, not at all (JDK-8373120).
 */
final class Poller {
    private static final Logger LOG = LoggerFactory.getLogger(Poller.class);
    /** How long the selector sleeps at most while something is set. */
    private static final long SLEEP_MILLIS = TimerWheel.TICK_MILLIS * 8;

    /** Wish: {@link Polled#readable} is to be called once, as soon as there is something to read. */
    static final int READ = 1;
    /** Wish: {@link Polled#writable} is to be called once, as soon as the socket takes something. */
    static final int WRITE = 2;
    /** Wish: the connection's timer is to be set, or, once it is closed, taken back. */
    static final int WATCH = 4;
    /** Wish: {@link Polled#endOutput}. */
    static final int FINISH = 8;
    /** Wish: {@link Polled#closeChannel}. */
    static final int CLOSE = 16;

    private final Selector selector;
    private final EdgeClock clock;
    private final EventLog events;
    private final Thread thread;
    private final TimerWheel timers;
    private final MpscUnboundedArrayQueue<Polled> wishes = new MpscUnboundedArrayQueue<>(256);
    /** Set by the one who wakes the selector, taken back when it is awake. */
    private final AtomicBoolean woken = new AtomicBoolean();

    private final BusyPoll busyPoll;
    private final List<SelectionKey> readable = new ArrayList<>();

    private volatile boolean stopping;
    private volatile boolean stopped;

    Poller(String name, EdgeClock clock, BusyPoll busyPoll, EventLog events) throws IOException {
        this.selector = Selector.open();
        this.clock = clock;
        this.busyPoll = busyPoll;
        this.events = events;
        this.timers = new TimerWheel(millis(clock.getAsLong()));
        this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::live);
    }

    void start() {
        thread.start();
    }

    /** Makes a socket known, which is looked at for the first time when that is asked for. Bounded by the listener. */
    void register(Polled socket) throws IOException {
        socket.register(selector);
    }

    /** Any thread: the poller is to do this for the socket. */
    void ask(Polled socket, int what) {
        if (socket.wish(what)) {
            wishes.offer(socket);
            if (Thread.currentThread() != thread && !woken.getAndSet(true)) {
                selector.wakeup();
            }
        }
        if (stopped && (what & CLOSE) != 0) {
            socket.closeChannel();
        }
    }

    private void live() {
        while (!stopping) {
            try {
                select();
                // First of all: who has a wish from now on has to wake the selector again.
                woken.set(false);
                read();
                fulfil();
                pollTimers();
            } catch (ClosedSelectorException closed) {
                return;
            } catch (IOException | RuntimeException failure) {
                events.at(LOG, Event.FAULT).setCause(failure).log();
            }
        }
    }

    // Others go first: looking again is for processors that nobody else wants.
    @SuppressWarnings("ThreadPriorityCheck")
    private void select() throws IOException {
        if (!wishes.isEmpty()) {
            selector.selectNow(this::ready);
        } else if (busyPoll.looks()) {
            if (selector.selectNow(this::ready) == 0) {
                Thread.yield();
            }
        } else {
            selector.select(this::ready, timers.isEmpty() ? 0 : SLEEP_MILLIS);
        }
    }

    private void ready(SelectionKey key) {
        if (!key.isValid()) {
            return;
        }
        int ops = key.readyOps();
        if ((ops & SelectionKey.OP_READ) != 0) {
            readable.add(key);
        }
        if ((ops & SelectionKey.OP_WRITE) != 0) {
            key.interestOpsAnd(~SelectionKey.OP_WRITE);
            ((Polled) key.attachment()).writable();
        }
    }

    private void read() {
        if (readable.isEmpty()) {
            return;
        }
        boolean alone = readable.size() == 1;
        try {
            for (SelectionKey key : readable) {
                if (key.isValid() && !((Polled) key.attachment()).readable(alone)) {
                    key.interestOpsAnd(~SelectionKey.OP_READ);
                }
            }
        } finally {
            readable.clear();
        }
        busyPoll.read(alone);
    }

    private void fulfil() {
        for (Polled socket = wishes.poll(); socket != null; socket = wishes.poll()) {
            int what = socket.takeWishes();
            if ((what & CLOSE) != 0) {
                socket.closeChannel();
            } else if ((what & FINISH) != 0) {
                socket.endOutput();
            }
            await(socket, what);
            if ((what & WATCH) != 0) {
                schedule(socket);
            }
        }
    }

    private static void await(Polled socket, int what) {
        int ops = ((what & READ) != 0 ? SelectionKey.OP_READ : 0) | ((what & WRITE) != 0 ? SelectionKey.OP_WRITE : 0);
        if (ops == 0) {
            return;
        }
        SelectionKey key = socket.key();
        if (key.isValid()) {
            key.interestOpsOr(ops);
            return;
        }
        // It is closed: whoever waits learns that from its next attempt.
        if ((ops & SelectionKey.OP_READ) != 0) {
            boolean _ = socket.readable(false);
        }
        if ((ops & SelectionKey.OP_WRITE) != 0) {
            socket.writable();
        }
    }

    private void pollTimers() {
        long now = millis(clock.tick());
        while (timers.poll(now) instanceof Polled due) {
            schedule(due);
        }
    }

    /** Asks the connection what is due, and when to ask again. */
    private void schedule(Polled socket) {
        long now = clock.getAsLong();
        long again = socket.due(now);
        if (again > 0) {
            timers.set(socket, millis(now) + millis(again) + 1);
        } else {
            timers.cancel(socket);
        }
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
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
        stopped = true;
        for (Polled left = wishes.poll(); left != null; left = wishes.poll()) {
            if ((left.takeWishes() & CLOSE) != 0) {
                left.closeChannel();
            }
        }
        selector.close();
    }
}
