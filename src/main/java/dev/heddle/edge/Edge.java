package dev.heddle.edge;

import dev.heddle.auth.Authenticator;
import dev.heddle.events.Event;
import dev.heddle.events.EventLog;
import dev.heddle.routing.Router;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.ServerFrames;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All connections, and what they share; any thread. Bounded by {@link EdgeOptions}: connections above the limit are told so
 * and closed.
 */
public final class Edge {
    private static final Logger LOG = LoggerFactory.getLogger(Edge.class);
    private static final int OVERLOADED_RETRY_MILLIS = 5000;

    /** Logins that a shard is given at a time. */
    private static final int LOGINS = 8;

    private static final int LATE_RETRY_MILLIS = 1000;

    private volatile EdgeOptions options;
    private final Router router;
    private final LongSupplier nanos;
    private final EventLog events;
    private final BufferPool pool;
    private final Poller poller;
    private final List<Listener> listeners = new ArrayList<>();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final Assembly assembly;

    private final Admission admission;
    private final Semaphore logins = new Semaphore(LOGINS, true);

    private final LongAdder opened = new LongAdder();
    private final LongAdder turnedAway = new LongAdder();
    private volatile boolean draining;

    /**
     * Opens the ports; connections are accepted from {@link #start} on.
     *
     * @throws IOException if an address cannot be bound; which one is said
     */
    public Edge(
            EdgeOptions options,
            Router router,
            Authenticator authenticator,
            LongSupplier nanos,
            EventLog events,
            List<Port> ports)
            throws IOException {
        this.options = options;
        this.router = router;
        this.admission = new Admission(authenticator, options.perAddress(), nanos);
        this.nanos = nanos;
        this.events = events;
        boolean tls = ports.stream().anyMatch(port -> port.engines() != null);
        this.pool = new BufferPool(options.maxConnections() * EdgeOptions.small(tls), options.largeBuffers());
        this.assembly = new Assembly(pool, options.assemblyBytes(), this::patienceNanos, nanos);
        this.poller =
                new Poller("heddle-poller", nanos, new BusyPoll(router::isForcing, router::forcesEnded, nanos), events);
        try {
            for (Port port : ports) {
                listeners.add(open(port));
            }
        } catch (IOException | RuntimeException failure) {
            poller.abandon();
            for (Listener listener : listeners) {
                listener.abandon();
            }
            throw failure;
        }
    }

    private Listener open(Port port) throws IOException {
        Handshakes handshakes = port.engines() == null ? null : new Handshakes(port.engines(), events, nanos);
        String name = handshakes == null ? "heddle-listener" : "heddle-listener-tls";
        return new Listener(
                name, port.address(), options.receiveBufferBytes(), channel -> arrived(channel, handshakes), events);
    }

    public void start() {
        poller.start();
        listeners.forEach(Listener::start);
    }

    /** The addresses that clients connect to, in the order of the ports. */
    public List<InetSocketAddress> addresses() throws IOException {
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (Listener listener : listeners) {
            addresses.add(listener.address());
        }
        return addresses;
    }

    private void arrived(SocketChannel channel, @Nullable Handshakes handshakes) throws IOException {
        channel.configureBlocking(false);
        opened.increment();
        if (connections.size() >= options.maxConnections()) {
            turnedAway.increment();
            events.at(LOG, Event.CONNECTIONS_FULL)
                    .addKeyValue("connections", options.maxConnections())
                    .log();
            turnAway(channel, handshakes, "too many connections");
            return;
        }
        InetSocketAddress from = (InetSocketAddress) channel.getRemoteAddress();
        Origin origin = admission.arrived(from.getAddress());
        if (origin == null) {
            events.at(LOG, Event.ADDRESS_LIMITED)
                    .addKeyValue("from", () -> from.getAddress().getHostAddress())
                    .log();
            turnAway(channel, handshakes, Admission.TOO_MANY);
            return;
        }
        try {
            admit(channel, origin, handshakes);
        } catch (IOException | RuntimeException failure) {
            admission.left(origin);
            throw failure;
        }
    }

    /** With the reason, where that can be said without a handshake. */
    private static void turnAway(SocketChannel channel, @Nullable Handshakes handshakes, String reason)
            throws IOException {
        if (handshakes == null) {
            ByteBuffer goodbye = ByteBuffer.allocate(128);
            ServerFrames.goodbye(goodbye, GoodbyeCode.OVERLOADED, OVERLOADED_RETRY_MILLIS, reason);
            channel.write(goodbye.flip());
        }
        channel.close();
    }

    private void admit(SocketChannel channel, Origin origin, @Nullable Handshakes handshakes) throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_SNDBUF, options.sendBufferBytes());
        Connection connection = new Connection(this, channel, origin, handshakes, nanos.getAsLong());
        poller.register(connection);
        connections.add(connection);
        connection.start();
        poller.ask(connection, Poller.WATCH);
    }

    long patienceNanos() {
        return options.loginSeconds() * 1_000_000_000L;
    }

    /** Other limits for addresses, from now on. */
    public void change(AddressLimits perAddress) {
        admission.change(perAddress);
    }

    /** Ends the sessions that would not be let in again with the token that they were let in with. */
    public void review() {
        connections.forEach(Connection::review);
    }

    /** Other deadlines, for connections that come from now on: a client keeps to what it was told in its WELCOME. */
    public void change(int loginSeconds, int heartbeatSeconds) {
        options = options.with(loginSeconds, heartbeatSeconds);
    }

    EdgeOptions options() {
        return options;
    }

    Router router() {
        return router;
    }

    BufferPool pool() {
        return pool;
    }

    Admission admission() {
        return admission;
    }

    Semaphore logins() {
        return logins;
    }

    Poller poller() {
        return poller;
    }

    long nanos() {
        return nanos.getAsLong();
    }

    EventLog events() {
        return events;
    }

    /** Memory for frames that are larger than a small buffer. */
    Assembly assembly() {
        return assembly;
    }

    void closed(Connection connection) {
        connections.remove(connection);
        admission.left(connection.origin());
    }

    /** Sockets that are open now. */
    public int connections() {
        return connections.size();
    }

    /** What they use. */
    public EdgePicture picture() {
        return new EdgePicture(
                connections.size(),
                opened.sum(),
                turnedAway.sum(),
                admission.limitedConnections(),
                admission.limitedLogins(),
                admission.refused(),
                pool.usedBytes(),
                pool.mostBytes(),
                assembly.usedBytes(),
                assembly.mostBytes());
    }

    /** No more connections; those that are there are told to come back, at times spread over {@code spreadMillis}. */
    public void drain(int spreadMillis) throws IOException, InterruptedException {
        closeListeners();
        draining = true;
        int many = Math.max(1, connections.size());
        int told = 0;
        for (Connection connection : connections) {
            drain(connection, 100 + (int) ((long) spreadMillis * told++ / many));
        }
    }

    private void closeListeners() throws IOException, InterruptedException {
        for (Listener listener : listeners) {
            listener.close();
        }
    }

    private static void drain(Connection connection, int retryAfterMillis) {
        connection.end(GoodbyeCode.DRAINING, retryAfterMillis, "the server is stopping");
    }

    /** Called for each connection that is open from now on: what it has missed while it was not is made up for here. */
    void opened(Connection connection) {
        connection.review();
        if (draining) {
            drain(connection, LATE_RETRY_MILLIS);
        }
    }

    boolean isDraining() {
        return draining;
    }

    /** Closes whatever is still open. */
    public void abandon() {
        connections.forEach(Connection::abandon);
    }

    public void close() throws IOException, InterruptedException {
        closeListeners();
        abandon();
        poller.close();
    }
}
