package dev.heddle.server;

import dev.heddle.config.ConnectionSettings;
import dev.heddle.config.Settings;
import dev.heddle.config.SettingsException;
import dev.heddle.edge.Edge;
import dev.heddle.edge.EdgeOptions;
import dev.heddle.edge.Port;
import dev.heddle.edge.PortTakenException;
import dev.heddle.events.Event;
import dev.heddle.events.EventLog;
import dev.heddle.legacy.LegacyPort;
import dev.heddle.log.LogOptions;
import dev.heddle.routing.Router;
import dev.heddle.shard.Ledger;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running server; made and stopped by one thread. Its start is all or nothing: what a failing step leaves open is closed
 * in reverse, and the logs are changed only after everything is open.
 */
public final class Server {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    private static final int LARGE_BUFFER = 64 * 1024;

    private final Closings opened = new Closings();
    private final Settings settings;
    private final EventLog events;
    private final Access access;
    private final Doors doors;
    private final DataFolder data;
    private final Ceiling ceiling;
    private final Shards shards;
    private final Edge edge;
    private final @Nullable LegacyDoor legacy;
    private final AdminService admin;
    private final Reloadables reloadables = new Reloadables();
    private final Backups backups;
    private final Drain drain;
    private volatile boolean stopped;

    private Server(Settings settings, Consumer<String> says) throws Exception {
        this.settings = settings;
        this.events = opened.keep(new EventLog());
        try {
            ClockWatch.check(wallMillis());
            Telling.begin(settings.told());
            this.access = new Access(settings.access(), Server::wallMillis);
            Doors wanted = Doors.of(settings, access.needsTokens(), warning -> warn(Event.EXPOSED, warning, says));
            Encryption encryption = new Encryption(
                    settings.tls(), Server::wallMillis, warning -> warn(Event.CERTIFICATE, warning, says));
            LegacyDoor legacyDoor = LegacyDoor.of(settings, access.needsTokens(), events);
            if (legacyDoor != null && !legacyDoor.warning().isEmpty()) {
                warn(Event.EXPOSED, legacyDoor.warning(), says);
            }
            this.admin = new AdminService(settings, events, says);
            this.data = opened.keep(DataFolder.open(
                    settings.storage().data(), settings.storage().shards(), lost -> warn(Event.NOTE_LOST, lost, says)));
            SecureRandom random = new SecureRandom();
            LogOptions logOptions = ShardLimits.log(settings, data.shards(), random.nextLong());
            Ceiling.Machine machine = Ceiling.Machine.here();
            this.ceiling = Ceiling.of(settings, data.shards(), logOptions, machine);
            says.accept(ceiling.toString());
            ceiling.tell(events);
            this.shards = new Shards(settings, data, events);
            shards.open(logOptions, ceiling.connections(), random, says, opened);
            Router router = new Router(shards.loops());
            List<Port> ports = wanted.ports(encryption.engines());
            int framed = ports.size();
            if (legacyDoor != null) {
                ports.add(legacyDoor.port());
            }
            this.edge = openEdge(router, ports, wanted);
            opened.add(edge::close);
            List<InetSocketAddress> addresses = edge.addresses();
            this.doors = wanted.opened(addresses.subList(0, framed));
            this.legacy = legacyDoor == null ? null : legacyDoor.opened(addresses.getLast());
            reloadables.add(new LiveLimits(shards.loops(), edge, logOptions, ceiling, machine));
            reloadables.add(access);
            reloadables.add((next, note) -> edge::review);
            reloadables.add(encryption);
            reloadables.add(new Telling(events));
            this.backups = new Backups(data.path(), shards.loops(), events);
            opened.add(backups::close);
            opened.add(admin::close);
            admin.open(
                    Overseen.of(
                            edge, legacy == null ? null : legacy.clients(), router, ceiling, settings, this::troubles),
                    BackupRoutes.of(backups));
            // All that can refuse a start has been asked by now: from here on the logs change.
            shards.begin();
            data.complete();
            ClockWatch clock = new ClockWatch(Server::wallMillis, System::nanoTime, events);
            FolderWatch folder = new FolderWatch(data, events, shards.failure());
            Watchdog watchdog = new Watchdog(List.of(folder::look, clock::look));
            opened.add(watchdog::close);
            watchdog.start();
            shards.start();
            admin.start(data);
            edge.start();
            if (legacy != null) {
                says.accept(legacy.toString());
            }
            this.drain = new Drain(events, reloadables, backups, edge, shards, data);
            tellReady();
        } catch (Exception | Error broken) {
            opened.closeAll(events, broken);
            throw broken;
        }
    }

    /**
     * Starts a server, and returns when it accepts logins.
     *
     * @param says is told in single lines what people should know
     * @throws SettingsException if the settings cannot be used
     * @throws IOException if the data cannot be, or the port is taken
     */
    public static Server start(Settings settings, Consumer<String> says) throws Exception {
        return new Server(settings, says);
    }

    private void tellReady() {
        events.at(LOG, Event.READY)
                .addKeyValue("address", doors)
                .addKeyValue("pid", ProcessHandle.current().pid())
                .addKeyValue("data", settings.storage().data())
                .log();
    }

    private void warn(Event event, String warning, Consumer<String> says) {
        says.accept(warning);
        events.at(LOG, event).addKeyValue("reason", warning).log();
    }

    private Edge openEdge(Router router, List<Port> ports, Doors wanted) throws IOException {
        ConnectionSettings connections = settings.connections();
        EdgeOptions options = new EdgeOptions(
                ceiling.connections(),
                connections.frameBytes(),
                connections.loginSeconds(),
                connections.heartbeatSeconds(),
                connections.sendBufferBytes(),
                connections.receiveBufferBytes(),
                (int) (connections.sharedBufferBytes() / LARGE_BUFFER),
                ceiling.assemblyBytes(),
                Rates.perAddress(settings.rates()));
        try {
            return new Edge(options, router, access.authenticator(), System::nanoTime, events, ports);
        } catch (PortTakenException taken) {
            throw wanted.taken(taken);
        }
    }

    private static long wallMillis() {
        return System.currentTimeMillis();
    }

    /** Where clients connect in plain TCP. */
    public InetSocketAddress address() {
        return open(doors.plain());
    }

    /** Where clients connect over TLS. */
    public InetSocketAddress tlsAddress() {
        return open(doors.encrypted());
    }

    private static InetSocketAddress open(@Nullable InetSocketAddress address) {
        if (address == null) {
            throw new IllegalStateException("there is no such port");
        }
        return address;
    }

    /** All addresses where clients connect, for people. */
    public String addresses() {
        return doors.toString();
    }

    /** Where clients of the Erlang system connect. */
    public InetSocketAddress legacyAddress() {
        return open(legacy == null ? null : legacy.address());
    }

    /** Clients of the Erlang system; null if there can be none. */
    public @Nullable LegacyPort legacy() {
        return legacy == null ? null : legacy.clients();
    }

    /** Where operators look in; none: they cannot. */
    public Optional<URI> admin() {
        return admin.uri();
    }

    /** Why nothing is accepted; empty: it is. */
    private List<String> troubles() {
        if (shards.haveFailed()) {
            return List.of("storage has failed");
        }
        return stopped ? List.of("the server is stopping") : List.of();
    }

    /** Sockets that are open now. */
    public int connections() {
        return edge.connections();
    }

    /** What it tells of itself. */
    EventLog events() {
        return events;
    }

    /** What takes new settings while the server runs. */
    Reloadables reloadables() {
        return reloadables;
    }

    /** What takes copies while the server runs. */
    public Backups backups() {
        return backups;
    }

    /** The data folder. */
    Path data() {
        return settings.storage().data();
    }

    public Ceiling ceiling() {
        return ceiling;
    }

    /**
     * Waits until storage fails or the data folder is lost ({@link FolderLostException}), and says how: from then on nothing is
     * accepted, and the process has to end.
     */
    public Throwable awaitFailure() throws InterruptedException {
        return shards.awaitFailure();
    }

    /**
     * The graceful end: no more connections, GOODBYE to those that are there, what is in the rings is finished, everything is
     * forced, and a checkpoint is written. What it says at the end is left in the data folder, too, for whoever stopped it.
     *
     * @return how it went; a server that was stopped before has nothing to say
     */
    public Drained drain() throws Exception {
        if (stopped) {
            return Drained.of(Ledger.EMPTY);
        }
        stopped = true;
        Drained end;
        try {
            end = drain.run();
        } catch (Exception broken) {
            opened.closeAll(events, broken);
            throw broken;
        }
        opened.closeAll(events, null);
        return end;
    }

    /** Ends at once, as if killed but for the log's own good end; the next start recovers. */
    public void close() {
        if (!stopped) {
            stopped = true;
            reloadables.close();
            opened.closeAll(events, null);
        }
    }
}
