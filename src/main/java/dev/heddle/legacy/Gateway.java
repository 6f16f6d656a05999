package dev.heddle.legacy;

import dev.heddle.events.Event;
import dev.heddle.events.EventLog;
import dev.heddle.wire.RejectCode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listener for clients of the old protocol, on a platform thread of its own, and all their conversations; any thread may
 * ask and end. Bounded by {@link LegacyOptions#most}: connections above it are closed, for which this protocol has no word.
 */
public final class Gateway {
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
    private static final int PENDING_CONNECTIONS = 1024;
    private static final long PAUSE_NANOS = 100_000_000;
    private static final long STEP_NANOS = 5_000_000;

    private final InetSocketAddress server;
    private final LongSupplier nanos;
    private final ServerSocket listener = new ServerSocket();
    private final Thread thread;
    private final Set<Conversation> conversations = ConcurrentHashMap.newKeySet();
    private final LongAdder refused = new LongAdder();
    private final LongAdder turnedAway = new LongAdder();
    private final EventLog events;
    private volatile LegacyOptions options;

    /**
     * Opens the port; connections are accepted from {@link #start} on.
     *
     * @param server where Heddle's own protocol is spoken without tokens and TLS
     * @throws IOException if the address cannot be bound
     */
    public Gateway(
            LegacyOptions options,
            InetSocketAddress address,
            InetSocketAddress server,
            LongSupplier nanos,
            EventLog events)
            throws IOException {
        this.options = options;
        this.server = server;
        this.nanos = nanos;
        this.events = events;
        try {
            listener.setReuseAddress(true);
            listener.setReceiveBufferSize(options.receiveBufferBytes());
            listener.bind(address, PENDING_CONNECTIONS);
        } catch (IOException | RuntimeException failure) {
            listener.close();
            throw failure;
        }
        this.thread =
                Thread.ofPlatform().name("heddle-legacy-listener").daemon(true).unstarted(this::live);
    }

    public void start() {
        thread.start();
    }

    /** Where clients connect. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    private void live() {
        while (!listener.isClosed()) {
            try {
                arrived(listener.accept());
            } catch (IOException | RuntimeException failure) {
                if (!listener.isClosed()) {
                    events.at(LOG, Event.ACCEPT_FAILED)
                            .addKeyValue("reason", failure.getMessage())
                            .log();
                    LockSupport.parkNanos(this, PAUSE_NANOS);
                }
            }
        }
    }

    private void arrived(Socket client) throws IOException {
        if (conversations.size() >= options.most()) {
            turnedAway.increment();
            client.close();
            events.at(LOG, Event.CONNECTIONS_FULL)
                    .addKeyValue("connections", options.most())
                    .log();
            return;
        }
        Conversation conversation = new Conversation(this, client);
        conversations.add(conversation);
        Thread.ofVirtual().start(conversation);
    }

    /** Another login deadline, for connections that come from now on. */
    public void change(int loginSeconds) {
        options = options.withLogin(loginSeconds);
    }

    LegacyOptions options() {
        return options;
    }

    InetSocketAddress server() {
        return server;
    }

    long nanos() {
        return nanos.getAsLong();
    }

    void closed(Conversation conversation) {
        conversations.remove(conversation);
    }

    /** The server has not taken a message. */
    void refused(SocketAddress client, int code) {
        refused.increment();
        events.at(LOG, Event.LEGACY_REFUSED)
                .addKeyValue("address", client)
                .addKeyValue("reason", RejectCode.of(code))
                .log();
    }

    /** A client that does not keep to the protocol. */
    void fault(SocketAddress client, String reason) {
        events.at(LOG, Event.CLIENT_FAULT)
                .addKeyValue("address", client)
                .addKeyValue("reason", reason)
                .log();
    }

    /** Legacy connections that are open now. */
    public int connections() {
        return conversations.size();
    }

    /** Legacy connections that can be open. */
    public int mostConnections() {
        return options.most();
    }

    /** Connections above that limit, since the start. */
    public long turnedAway() {
        return turnedAway.sum();
    }

    /** Messages of legacy clients that the server did not take, since the start. */
    public long refusedSends() {
        return refused.sum();
    }

    /**
     * No more connections, and no more is read from those that are there; what was read is brought to its end, for which there
     * are so many seconds.
     */
    public void drain(int seconds) throws IOException, InterruptedException {
        endListener();
        conversations.forEach(Conversation::leave);
        long until = nanos.getAsLong() + TimeUnit.SECONDS.toNanos(seconds);
        while (connections() > 0 && nanos.getAsLong() - until < 0) {
            TimeUnit.NANOSECONDS.sleep(STEP_NANOS);
        }
    }

    private void endListener() throws IOException, InterruptedException {
        listener.close();
        if (thread.isAlive()) {
            thread.join();
        }
    }

    /** At once. */
    public void close() throws IOException, InterruptedException {
        endListener();
        conversations.forEach(Conversation::close);
    }
}
