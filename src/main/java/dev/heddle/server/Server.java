package dev.heddle.server;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import dev.heddle.config.ConnectionSettings;
import dev.heddle.config.InboxSettings;
import dev.heddle.config.Settings;
import dev.heddle.config.SettingsException;
import dev.heddle.config.Sizes;
import dev.heddle.config.StorageSettings;
import dev.heddle.edge.Edge;
import dev.heddle.edge.EdgeOptions;
import dev.heddle.edge.Port;
import dev.heddle.events.Event;
import dev.heddle.events.EventLog;
import dev.heddle.legacy.Gateway;
import dev.heddle.log.FileDisk;
import dev.heddle.log.LogOptions;
import dev.heddle.presence.ChronicleUserStore;
import dev.heddle.routing.Router;
import dev.heddle.routing.ShardLoop;
import dev.heddle.shard.Ledger;
import dev.heddle.shard.ShardFolder;
import dev.heddle.shard.ShardOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running server; made and stopped by one thread. Its start is all or nothing: what a failing step leaves open is closed
 * in reverse.
 */
public final class Server {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    private static final int OTHER_COMMANDS = 1024;
    static final int LEAST_SEGMENTS = 8;
    private static final int COMMANDS_PER_CONNECTION = 4;
    private static final int LARGE_BUFFER = 64 * 1024;
    private static final int RESIDENT_USERS = 16 * 1024;
    private static final int RETRY_SPREAD_MILLIS = 5000;
    private static final int GOODBYE_SECONDS = 3;
    private static final long GOODBYE_NANOS = TimeUnit.SECONDS.toNanos(GOODBYE_SECONDS);

    /** One thing to be closed. */
    private interface Closing {
        void close() throws Exception;
    }

    /**
     * The end of a server.
     *
     * @param balances whether it left a checkpoint that accounts for every message; if not, the next start recovers
     * @param line what became of all messages, for people
     */
    public record Drained(boolean balances, String line) {
        static Drained of(Ledger ledger) {
            return ledger.balances()
                    ? new Drained(true, "heddle drained: " + ledger)
                    : new Drained(
                            false,
                            "heddle drained, but its ledger does not balance, and the next start recovers: " + ledger);
        }
    }

    private final Deque<Closing> opened = new ArrayDeque<>();
    private final List<ShardFolder> folders = new ArrayList<>();
    private final List<ShardLoop> loops = new ArrayList<>();
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final Settings settings;
    private final EventLog events;
    private final Access access;
    private final Doors doors;
    private final DataFolder data;
    private final Ceiling ceiling;
    private final Edge edge;
    private final @Nullable Gateway legacy;
    private final AdminService admin;
    private final Reloadables reloadables = new Reloadables();
    private final Backups backups;
    private volatile boolean stopped;

    private Server(Settings settings, Consumer<String> says) throws Exception {
        this.settings = settings;
        this.events = keep(new EventLog());
        try {
            Telling.change(settings.told());
            this.access = new Access(settings.access(), Server::wallMillis);
            Doors wanted = Doors.of(settings, access.needsTokens(), warning -> warn(Event.EXPOSED, warning, says));
            Encryption encryption = new Encryption(
                    settings.tls(), Server::wallMillis, warning -> warn(Event.CERTIFICATE, warning, says));
            LegacyDoor legacyDoor = LegacyDoor.of(settings);
            if (legacyDoor != null && !legacyDoor.warning().isEmpty()) {
                warn(Event.EXPOSED, legacyDoor.warning(), says);
            }
            this.admin = new AdminService(settings, events, says);
            this.data = keep(DataFolder.open(
                    settings.storage().data(), settings.storage().shards(), lost -> warn(Event.NOTE_LOST, lost, says)));
            SecureRandom random = new SecureRandom();
            LogOptions logOptions = logOptions(settings, data.shards(), random.nextLong());
            this.ceiling = Ceiling.of(settings, data.shards(), logOptions, machine());
            says.accept(ceiling.toString());
            ceiling.tell(events);
            for (int shard = 0; shard < data.shards(); shard++) {
                openShard(shard, logOptions, random, says);
            }
            data.complete();
            Router router = new Router(loops);
            this.edge = openEdge(router, wanted.ports(encryption.engines()));
            opened.push(edge::close);
            this.doors = wanted.opened(edge.addresses());
            reloadables.add(new LiveLimits(List.copyOf(loops), edge, logOptions, ceiling, machine()));
            reloadables.add(access);
            reloadables.add(encryption);
            reloadables.add(new Telling());
            this.backups = new Backups(data.path(), loops, events);
            opened.push(backups::close);
            loops.forEach(ShardLoop::start);
            opened.push(admin::close);
            admin.open(
                    Overseen.of(edge, this::legacy, router, ceiling, settings, this::troubles),
                    data,
                    BackupRoutes.of(backups));
            edge.start();
            this.legacy = legacyDoor == null ? null : openGateway(legacyDoor, says);
            tellReady();
        } catch (Exception | Error broken) {
            closeAll(broken);
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

    private <T extends AutoCloseable> T keep(T thing) {
        opened.push(thing::close);
        return thing;
    }

    /** Space comes back a segment at a time, so a log is several, however small its limit. */
    private static LogOptions logOptions(Settings settings, int shards, long salt) {
        StorageSettings storage = settings.storage();
        int frame = settings.connections().frameBytes();
        int payload = frame + 1024;
        long share = storage.logBytes() / shards / LEAST_SEGMENTS;
        if (share < payload + 1024) {
            throw new SettingsException("log.bytes=" + storage.logBytes() + " is too small for " + shards
                    + " shards and frame.bytes=" + frame);
        }
        int segment = (int) Math.min(storage.segmentBytes(), share);
        return new LogOptions(segment, payload + (1 << 20), payload, 256 << 10, salt);
    }

    private void openShard(int number, LogOptions logOptions, SecureRandom random, Consumer<String> says)
            throws IOException {
        Path folder = data.shard(number);
        ChronicleUserStore users = keep(
                ChronicleUserStore.create("users-" + number, settings.storage().maxUsers(), DataFolder.USER_BYTES));
        MappedSlots slots = keep(new MappedSlots(folder.resolve("backlog.scratch"), System::nanoTime));
        ShardFolder shard = keep(ShardFolder.open(
                new FileDisk(folder),
                logOptions,
                shardOptions(settings, data.shards()),
                users,
                slots,
                random.nextInt(),
                wallMillis()));
        folders.add(shard);
        ShardFolder.Opened found = shard.opened();
        tellOpened(number, found, shard);
        says.accept("shard " + number + (found.clean() ? ": " : " recovered: ") + found.users() + " users, "
                + Sizes.format(shard.shard().liveBytes()) + " of messages waiting, "
                + Sizes.format(shard.shard().logBytes()) + " of log");
        int ring = COMMANDS_PER_CONNECTION * ceiling.connections() + OTHER_COMMANDS;
        ShardLoop loop = new ShardLoop(
                "heddle-shard-" + number,
                shard.shard(),
                settings.connections().frameBytes(),
                ring,
                System::currentTimeMillis,
                System::nanoTime,
                new StorageAlarm(number, events, failure));
        loops.add(loop);
        opened.push(loop::close);
    }

    private void tellOpened(int number, ShardFolder.Opened found, ShardFolder shard) {
        if (found.note() != null) {
            events.at(LOG, Event.SHARD_RECOVERED)
                    .addKeyValue("shard", number)
                    .addKeyValue("reason", found.note())
                    .log();
        }
        events.at(LOG, Event.SHARD_OPENED)
                .addKeyValue("shard", number)
                .addKeyValue("clean", found.clean())
                .addKeyValue("users", found.users())
                .addKeyValue("waiting_bytes", shard.shard().liveBytes())
                .addKeyValue("log_bytes", shard.shard().logBytes())
                .log();
    }

    private void tellReady() {
        events.at(LOG, Event.READY)
                .addKeyValue("address", doors)
                .addKeyValue("pid", ProcessHandle.current().pid())
                .addKeyValue("data", settings.storage().data())
                .log();
    }

    static ShardOptions shardOptions(Settings settings, int shards) {
        InboxSettings inbox = settings.inbox();
        return new ShardOptions(
                inbox.messages(),
                inbox.bytes(),
                TimeUnit.DAYS.toMillis(inbox.days()),
                settings.storage().logBytes() / shards,
                settings.connections().frameBytes(),
                RESIDENT_USERS,
                settings.watches().perSession(),
                settings.watches().total() / shards,
                Rates.perUser(settings.rates()),
                settings.storage().sync() == StorageSettings.Sync.ALWAYS);
    }

    private void warn(Event event, String warning, Consumer<String> says) {
        says.accept(warning);
        events.at(LOG, event).addKeyValue("reason", warning).log();
    }

    private Gateway openGateway(LegacyDoor door, Consumer<String> says) throws IOException {
        Gateway gateway = door.open(address(), System::nanoTime, events);
        opened.push(gateway::close);
        reloadables.add((next, note) -> () -> gateway.change(next.connections().loginSeconds()));
        gateway.start();
        InetSocketAddress at = gateway.address();
        says.accept("legacy clients on " + at.getAddress().getHostAddress() + ":" + at.getPort());
        return gateway;
    }

    private Edge openEdge(Router router, List<Port> ports) throws IOException {
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
        } catch (BindException taken) {
            throw new SettingsException(String.valueOf(taken.getMessage()));
        }
    }

    private static long wallMillis() {
        return System.currentTimeMillis();
    }

    private static Ceiling.Machine machine() {
        var system = ManagementFactory.getOperatingSystemMXBean();
        long files = system instanceof UnixOperatingSystemMXBean unix ? unix.getMaxFileDescriptorCount() : 1024;
        long memory = system instanceof com.sun.management.OperatingSystemMXBean known
                ? known.getTotalMemorySize()
                : Long.MAX_VALUE;
        long heap = Runtime.getRuntime().maxMemory();
        String direct = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption("MaxDirectMemorySize")
                .getValue();
        long directBytes = Long.parseLong(direct) == 0 ? heap : Long.parseLong(direct);
        return new Ceiling.Machine(heap, directBytes, memory, files);
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

    /** Where clients of the Erlang system connect; null if they cannot. */
    public @Nullable Gateway legacy() {
        return legacy;
    }

    /** Where operators look in; none: they cannot. */
    public Optional<URI> admin() {
        return admin.uri();
    }

    /** Why nothing is accepted; empty: it is. */
    private List<String> troubles() {
        if (failure.isDone()) {
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

    /** Waits until storage fails, and says how: nothing is accepted from then on, and the process has to end. */
    public Throwable awaitFailure() throws InterruptedException {
        try {
            return failure.get();
        } catch (ExecutionException impossible) {
            return impossible;
        }
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
        events.at(LOG, Event.DRAINING)
                .addKeyValue("connections", edge.connections())
                .log();
        reloadables.close();
        Ledger ledger = Ledger.EMPTY;
        Exception broken = null;
        try {
            backups.close();
            if (legacy != null) {
                legacy.drain(GOODBYE_SECONDS);
            }
            edge.drain(RETRY_SPREAD_MILLIS);
            long until = System.nanoTime() + GOODBYE_NANOS;
            while (edge.connections() > 0 && System.nanoTime() - until < 0) {
                Thread.sleep(5);
            }
            edge.abandon();
            while (edge.connections() > 0 && System.nanoTime() - until < 2 * GOODBYE_NANOS) {
                Thread.sleep(5);
            }
            for (int i = 0; i < loops.size(); i++) {
                loops.get(i).drain();
                if (loops.get(i).hasFailed()) {
                    throw new IOException("the storage of shard " + i + " has failed");
                }
                ledger = ledger.plus(folders.get(i).checkpoint());
            }
            if (!ledger.balances()) {
                data.keepPid();
            }
            data.drained(Drained.of(ledger).line());
            tellDrained(ledger);
        } catch (Exception | LinkageError failed) {
            broken = failed instanceof Exception usual
                    ? usual
                    : new IllegalStateException("the installation has changed under the server: " + failed, failed);
            events.at(LOG, Event.DRAIN_FAILED).setCause(failed).log();
            data.keepPid();
        }
        closeAll(broken);
        if (broken != null) {
            throw broken;
        }
        return Drained.of(ledger);
    }

    private void tellDrained(Ledger ledger) {
        events.at(LOG, ledger.balances() ? Event.DRAINED : Event.DRAIN_FAILED)
                .addKeyValue("accepted", ledger.accepted())
                .addKeyValue("waiting_at_start", ledger.waitingBefore())
                .addKeyValue("acknowledged", ledger.acknowledged())
                .addKeyValue("expired", ledger.expired())
                .addKeyValue("stored", ledger.stored())
                .addKeyValue("balances", ledger.balances())
                .log();
    }

    /** Ends at once, as if killed but for the log's own good end; the next start recovers. */
    public void close() {
        if (!stopped) {
            stopped = true;
            reloadables.close();
            closeAll(null);
        }
    }

    private void closeAll(@Nullable Throwable cause) {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception also) {
                if (cause == null) {
                    events.at(LOG, Event.FAULT).setCause(also).log();
                } else {
                    cause.addSuppressed(also);
                }
            }
        }
    }
}
