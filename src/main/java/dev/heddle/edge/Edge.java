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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
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

    /** How long to wait before looking for room again, and at most for the room. */
    private static final long ROOM_NANOS = 50_000_000;

    private static final int ROOM_STEPS = 50;

    private volatile EdgeOptions options;
    private final Router router;
    private final EdgeClock clock;
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
    private final AtomicLong lookedForRoom = new AtomicLong(Long.MIN_VALUE / 2);
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
        this(options, router, authenticator, new EdgeClock(nanos), events, ports);
    }

    Edge(
            EdgeOptions options,
            Router router,
            Authenticator authenticator,
            EdgeClock clock,
            EventLog events,
            List<Port> ports)
            throws IOException {
        this.options = options;
        this.router = router;
        this.admission = new Admission(authenticator, options.perAddress(), clock::real);
        this.clock = clock;
        this.events = events;
        this.pool = new BufferPool(smallBuffers(options, ports), options.largeBuffers());
        this.assembly = new Assembly(pool, options.assemblyBytes(), clock);
        BusyPoll busyPoll = new BusyPoll(router::isForcing, router::forcesEnded, clock::real);
        this.poller = new Poller("heddle-poller", clock, busyPoll, events);
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

    private static int smallBuffers(EdgeOptions options, List<Port> ports) {
        boolean tls = ports.stream().anyMatch(port -> port.engines() != null);
        int small = options.maxConnections() * EdgeOptions.small(tls);
        for (Port port : ports) {
            Codecs codecs = port.codecs();
            if (codecs != null) {
                int most = codecs.most() == 0 ? options.maxConnections() : codecs.most();
                small += most * EdgeOptions.SMALL_PER_CODEC;
            }
        }
        return small;
    }

    private Listener open(Port port) throws IOException {
        Codecs codecs = port.codecs();
        Handshakes handshakes = port.engines() == null ? null : new Handshakes(port.engines(), events, clock::real);
        String name = "heddle-listener" + (handshakes != null ? "-tls" : codecs != null ? "-legacy" : "");
        return new Listener(
                name,
                port.address(),
                codecs == null ? "" : codecs.clients(),
                options.receiveBufferBytes(),
                channel -> arrived(channel, handshakes, codecs),
                events);
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

    private void arrived(SocketChannel channel, @Nullable Handshakes handshakes, @Nullable Codecs codecs)
            throws IOException {
        channel.configureBlocking(false);
        opened.increment();
        if (connections.size() >= options.maxConnections() && !makeRoom()) {
            turnedAway.increment();
            events.at(LOG, Event.CONNECTIONS_FULL)
                    .addKeyValue("connections", options.maxConnections())
                    .log();
            turnAway(channel, handshakes == null && codecs == null, "too many connections");
            return;
        }
        InetSocketAddress from = (InetSocketAddress) channel.getRemoteAddress();
        Origin origin = admission.arrived(from.getAddress());
        if (origin == null) {
            events.at(LOG, Event.ADDRESS_LIMITED)
                    .addKeyValue("from", () -> from.getAddress().getHostAddress())
                    .log();
            turnAway(channel, handshakes == null && codecs == null, Admission.TOO_MANY);
            return;
        }
        Codec codec = codecs == null ? null : accept(codecs, from);
        if (codecs != null && codec == null) {
            admission.left(origin);
            channel.close();
            return;
        }
        try {
            if (codecs != null) {
                codecs.prepare(channel);
            }
            int silence = codecs == null ? 2 * options.heartbeatSeconds() : codecs.silenceSeconds();
            admit(channel, origin, handshakes, codec, silence);
        } catch (IOException | RuntimeException failure) {
            admission.left(origin);
            if (codec != null) {
                codec.closed();
            }
            throw failure;
        }
    }

    private @Nullable Codec accept(Codecs codecs, InetSocketAddress from) {
        Codec codec = codecs.accept(from);
        return codec == null && makeRoom() ? codecs.accept(from) : codec;
    }

    /**
     * Where no heartbeat is spoken, a client that is gone and one that is silent cannot be told apart: when there are too many
     * connections, the one that has been silent for longest, and for longer than a heartbeat would allow, gives way. False if
     * there is none. Looks through all connections, but no more than some times a second; a listener only.
     */
    private boolean makeRoom() {
        long now = nanos();
        long looked = lookedForRoom.get();
        if (now - looked < ROOM_NANOS || !lookedForRoom.compareAndSet(looked, now)) {
            return false;
        }
        Connection quietest = null;
        long since = now - TimeUnit.SECONDS.toNanos(2L * options.heartbeatSeconds());
        for (Connection connection : connections) {
            long silent = connection.silentSince();
            if (silent != Long.MAX_VALUE && silent - since < 0) {
                since = silent;
                quietest = connection;
            }
        }
        if (quietest == null) {
            return false;
        }
        quietest.abandon();
        for (int i = 0; i < ROOM_STEPS && connections.contains(quietest); i++) {
            LockSupport.parkNanos(this, ROOM_NANOS / ROOM_STEPS);
        }
        return !connections.contains(quietest);
    }

    /** With the reason, where that can be said: without a handshake, and in this protocol. */
    private static void turnAway(SocketChannel channel, boolean plain, String reason) throws IOException {
        if (plain) {
            ByteBuffer goodbye = ByteBuffer.allocate(128);
            ServerFrames.goodbye(goodbye, GoodbyeCode.OVERLOADED, OVERLOADED_RETRY_MILLIS, reason);
            channel.write(goodbye.flip());
        }
        channel.close();
    }

    private void admit(
            SocketChannel channel,
            Origin origin,
            @Nullable Handshakes handshakes,
            @Nullable Codec codec,
            int silenceSeconds)
            throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_SNDBUF, options.sendBufferBytes());
        Connection connection = new Connection(this, channel, origin, handshakes, codec, silenceSeconds, nanos());
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

    /** By which clients are judged: it stands still while this process does. */
    long nanos() {
        return clock.getAsLong();
    }

    /** The machine's own time, which has nothing to do with {@link #nanos}. */
    long realNanos() {
        return clock.real();
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
