package dev.heddle.edge;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A socket as the {@link Poller} knows it; the poller's, but where it says otherwise. Holds a key, a place in the timer wheel,
 * and what the poller was asked to do and has not done yet: a few bits, however often it is asked.
 *
 * <p>It is a base and no object of its own, because every idle connection would pay for that.
 */
abstract class Polled extends TimerWheel.Entry {
    private static final AtomicIntegerFieldUpdater<Polled> WISHES =
            AtomicIntegerFieldUpdater.newUpdater(Polled.class, "wishes");

    private final SocketChannel channel;
    private @Nullable SelectionKey key;
    private volatile int wishes;

    Polled(SocketChannel channel) {
        this.channel = channel;
    }

    /** Before anything else, by the thread that made it: nothing is selected yet. */
    void register(Selector selector) throws IOException {
        key = channel.register(selector, 0, this);
    }

    /**
     * There is something to read, as it was asked for.
     *
     * @param alone whether the poller has nothing else to do
     * @return whether to call this again, without being asked for it
     */
    abstract boolean readable(boolean alone);

    /** The socket takes more, as it was asked for. */
    abstract void writable();

    /** What is due at this time; returns after how many nanoseconds to ask again, 0: never. */
    abstract long due(long now);

    /** Nothing more is written. */
    abstract void endOutput();

    void closeChannel() {
        try {
            channel.close();
        } catch (IOException ignored) {
            // It is gone either way.
        }
    }

    SelectionKey key() {
        SelectionKey registered = key;
        if (registered == null) {
            throw new IllegalStateException("not registered");
        }
        return registered;
    }

    /** Any thread; true if there was no wish yet. */
    boolean wish(int what) {
        return WISHES.getAndAccumulate(this, what, (before, more) -> before | more) == 0;
    }

    /** All of them, which from now on are none. */
    int takeWishes() {
        return WISHES.getAndSet(this, 0);
    }

    /** Any thread. */
    final SocketChannel channel() {
        return channel;
    }

    /** Any thread: who is at the other end, for people. */
    String peer() {
        return peer(channel);
    }

    /** Where the other end is, as of {@link Origins#key}; 0: it is gone. */
    static long address(SocketChannel channel) {
        try {
            return channel.getRemoteAddress() instanceof InetSocketAddress peer ? Origins.key(peer.getAddress()) : 0;
        } catch (IOException gone) {
            return 0;
        }
    }

    static String peer(SocketChannel channel) {
        try {
            return channel.getRemoteAddress() instanceof InetSocketAddress peer
                    ? peer.getAddress().getHostAddress() + ":" + peer.getPort()
                    : "";
        } catch (IOException gone) {
            return "";
        }
    }
}
