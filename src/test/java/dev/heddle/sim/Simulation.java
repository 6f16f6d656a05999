package dev.heddle.sim;

import com.google.errorprone.annotations.FormatMethod;
import dev.heddle.log.FaultyDisk;
import dev.heddle.log.ForceRequest;
import dev.heddle.log.LogOptions;
import dev.heddle.shard.Outcome;
import dev.heddle.shard.Session;
import dev.heddle.shard.Shard;
import dev.heddle.shard.ShardFolder;
import dev.heddle.shard.ShardOptions;
import dev.heddle.shard.SlotMemory;
import dev.heddle.sim.Faults.Kind;
import dev.heddle.wire.ClientFrame;
import dev.heddle.wire.Protocol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run of the world from one seed. The core's classes are the real ones; this plays the edge, the owner's loop, the syncer,
 * the network, the clients, the disk and the clock.
 */
public final class Simulation {
    private static final int MAX_PAYLOAD = 4096;

    /** One shard of the server that runs now. */
    private final class Place {
        final FaultyDisk disk = new FaultyDisk(random.split());

        @Nullable
        ShardFolder folder;

        @Nullable
        ForceRequest force;

        Shard shard() {
            ShardFolder here = folder;
            if (here == null) {
                throw new IllegalStateException("not running");
            }
            return here.shard();
        }
    }

    private final SplittableRandom random;
    private final Consumer<String> trace;
    private final boolean everyFrame;
    private final Oracle oracle = new Oracle();
    private final Faults faults = new Faults();
    private final List<Place> places = new ArrayList<>();
    private final List<SimClient> clients = new ArrayList<>();
    private final List<SimConnection> connections = new ArrayList<>();
    private final ClientFrame frame = new ClientFrame();
    private final ShardOptions options;
    private final LogOptions logOptions;
    private final int fullPercent;
    private final int crashEvery;
    private long now = 1_700_000_000_000L;
    private long elapsed;
    private int diskFullFor;
    private boolean powerGone;
    private boolean calm;

    /**
     * Sets up the world of a seed.
     *
     * @param trace is told what happens
     * @param everyFrame of each frame, too
     */
    public Simulation(long seed, Consumer<String> trace, boolean everyFrame) {
        this.everyFrame = everyFrame;
        this.random = new SplittableRandom(seed);
        this.trace = trace;
        int shards = 1 + random.nextInt(3);
        boolean tight = random.nextInt(3) == 0;
        int segment = (8 << random.nextInt(3)) << 10;
        this.logOptions = new LogOptions(segment, 16 << 10, MAX_PAYLOAD, 4 << 10, seed);
        this.options = new ShardOptions(
                tight ? 20 : 10_000,
                tight ? 20_000 : 10_000_000,
                1_000_000_000L,
                tight ? 1 << 20 : 1 << 26,
                MAX_PAYLOAD - 1024,
                16,
                5,
                100,
                random.nextInt(8) > 0);
        this.fullPercent = random.nextInt(3) * 15;
        this.crashEvery = 100 + random.nextInt(2000);
        for (int i = 0; i < shards; i++) {
            places.add(new Place());
        }
        int users = 2 + random.nextInt(40);
        for (int i = 0; i < users; i++) {
            clients.add(
                    new SimClient("user-" + i, random.split(), oracle, this::shardOf, everyFrame ? trace : said -> {}));
        }
    }

    /** Runs; returns what was wrong first, or null. */
    public @Nullable String run(int steps) {
        say("%s", options);
        start();
        for (int step = 0; step < steps && oracle.firstWrong() == null; step++) {
            guarded(this::step);
        }
        if (oracle.firstWrong() == null) {
            settle();
        }
        return oracle.firstWrong();
    }

    public Faults faults() {
        return faults;
    }

    public Oracle oracle() {
        return oracle;
    }

    /** Runs a piece of the server's life, which a fault may end. */
    private void guarded(Runnable piece) {
        try {
            piece.run();
        } catch (UncheckedIOException | dev.heddle.log.LogFailedException broken) {
            Throwable cause = broken.getCause();
            boolean crash = places.stream().anyMatch(place -> place.disk.hasCrashed());
            if (crash) {
                faults.count(Kind.CRASH_IN_OPERATION);
                crash(random.nextBoolean());
            } else if (cause != null && String.valueOf(cause.getMessage()).contains("input/output error")) {
                faults.count(Kind.FORCE_FAILED);
                crash(random.nextInt(3) == 0);
            } else {
                oracle.note("storage failed without a fault: " + broken);
            }
        } catch (RuntimeException | AssertionError broken) {
            java.io.StringWriter text = new java.io.StringWriter();
            broken.printStackTrace(new java.io.PrintWriter(text));
            oracle.note("the core threw " + text);
        }
    }

    private void step() {
        pass(random.nextInt(20));
        int what = random.nextInt(100);
        if (what < 45) {
            clientActs(clients.get(random.nextInt(clients.size())));
        } else if (what < 80) {
            cycle(places.get(random.nextInt(places.size())));
        } else if (what < 90) {
            forceEnds(places.get(random.nextInt(places.size())));
        } else if (what < 95) {
            tick(places.get(random.nextInt(places.size())));
        } else {
            disaster();
        }
        if (diskFullFor > 0 && --diskFullFor == 0) {
            places.forEach(place -> place.disk.roomFor(Long.MAX_VALUE));
        }
    }

    private void pass(long millis) {
        now += millis;
        elapsed += millis;
    }

    private void clientActs(SimClient client) {
        SimConnection here = client.connection;
        if (here == null) {
            connect(client);
            return;
        }
        int what = random.nextInt(20);
        if (what < 10) {
            int count = random.nextInt(8);
            for (int i = 0; i < count && client.hear(); i++) {
                // hears on
            }
        } else if (what < 14) {
            int count = 1 + random.nextInt(random.nextInt(10) == 0 ? 30 : 4);
            for (int i = 0; i < count; i++) {
                client.send(clients.get(random.nextInt(clients.size())).name, random.nextInt(20) == 0 ? 2800 : 100);
            }
        } else if (what < 17) {
            if (!client.lazy || calm) {
                client.acknowledge();
            }
        } else if (what < 19) {
            client.query("user-" + random.nextInt(clients.size() + 2));
        } else if (here.closed || random.nextInt(4) == 0) {
            disconnect(client, here);
        } else if (random.nextInt(10) == 0) {
            faults.count(Kind.TAKEOVER);
            client.disconnected();
            connect(client);
        }
    }

    private void connect(SimClient client) {
        SimConnection opened =
                new SimConnection(random.split(), client.nameBytes, places.size(), calm ? 0 : fullPercent);
        connections.add(opened);
        client.connected(opened);
        say("%s connects", client.name);
    }

    private void disconnect(SimClient client, SimConnection here) {
        faults.count(Kind.CONNECTION_LOST);
        say("%s is cut off", client.name);
        client.disconnected();
        cutOff(here);
    }

    private void cutOff(SimConnection here) {
        here.toServer.clear();
        here.closed = true;
    }

    private int shardOf(String name) {
        return Math.floorMod(name.hashCode(), places.size());
    }

    /** One cycle of a shard's owner, as the owner's loop does it. */
    private void cycle(Place place) {
        Shard shard = place.shard();
        int index = places.indexOf(place);
        shard.time(now, elapsed);
        int commands = 1 + random.nextInt(6);
        for (int i = 0; i < commands && !connections.isEmpty(); i++) {
            SimConnection connection = connections.get(random.nextInt(connections.size()));
            if (!connection.waitsForForce) {
                serve(place, index, connection);
            }
        }
        endCycle(place);
    }

    private void endCycle(Place place) {
        place.shard().endCycle();
        ForceRequest force = place.shard().takeForce();
        if (force != null) {
            place.force = force;
        }
    }

    private void serve(Place place, int index, SimConnection connection) {
        Shard shard = place.shard();
        SimConnection.Outlet outlet = connection.outlets[index];
        Session session = outlet.session;
        if (outlet.starved && session != null && random.nextBoolean()) {
            outlet.starved = false;
            shard.drained(session);
        }
        if (connection.closed) {
            // Nobody reads from it any more.
            connection.toServer.clear();
        }
        if (connection.closed && session != null) {
            outlet.session = null;
            shard.close(session);
            boolean gone = true;
            for (SimConnection.Outlet other : connection.outlets) {
                gone &= other.session == null;
            }
            if (gone) {
                connections.remove(connection);
            }
            return;
        }
        int most = 1 + random.nextInt(12);
        for (int i = 0; i < most && !connection.toServer.isEmpty(); i++) {
            ByteBuffer head = connection.toServer.peekFirst();
            int type = head.get(4) & 0xff;
            boolean parsed = frame.parse(head, type, 5, head.limit());
            if (!parsed) {
                throw new IllegalStateException("a client's frame does not parse");
            }
            if (target(connection) != index) {
                return;
            }
            Outcome outcome = apply(place, outlet, connection, type);
            if (everyFrame) {
                say("%s: %s in shard %d: %s", name(connection), describe(), index, outcome);
            }
            if (outcome == Outcome.NEEDS_STORE) {
                throw new IllegalStateException("NEEDS_STORE from an owner that may load");
            }
            if (outcome == Outcome.NEEDS_FORCE) {
                connection.waitsForForce = true;
                return;
            }
            if (outcome == Outcome.CONGESTED) {
                return;
            }
            connection.toServer.pollFirst();
            if (outcome == Outcome.ENDED) {
                connection.toServer.clear();
                connection.closed = true;
                return;
            }
        }
    }

    private static String name(SimConnection connection) {
        return new String(connection.user, StandardCharsets.UTF_8) + "@" + connection.firstId;
    }

    private String describe() {
        return switch (frame.type()) {
            case Protocol.LOGIN -> "LOGIN cursor " + frame.cursor();
            case Protocol.SEND -> "SEND " + frame.id() + " to " + new String(frame.name(), StandardCharsets.UTF_8);
            case Protocol.ACK -> "ACK " + frame.seq();
            default -> "type " + frame.type();
        };
    }

    private int target(SimConnection connection) {
        boolean names =
                frame.type() >= Protocol.SEND && frame.type() <= Protocol.SIGNAL && frame.type() != Protocol.ACK;
        byte[] name = names ? frame.name() : connection.user;
        return shardOf(new String(name, StandardCharsets.UTF_8));
    }

    /** As a guest first, sometimes, and then as the resident owner. */
    private Outcome apply(Place place, SimConnection.Outlet outlet, SimConnection connection, int type) {
        if (random.nextBoolean()) {
            Outcome outcome = applyOnce(place.shard(), outlet, connection, type, false);
            if (outcome != Outcome.NEEDS_STORE) {
                return outcome;
            }
        }
        return applyOnce(place.shard(), outlet, connection, type, true);
    }

    private Outcome applyOnce(
            Shard shard, SimConnection.Outlet outlet, SimConnection connection, int type, boolean mayLoad) {
        if (type == Protocol.LOGIN) {
            return shard.login(outlet, frame.name(), frame.cursor(), mayLoad);
        }
        Session session = outlet.session;
        if (session == null) {
            if (connection.closed) {
                return Outcome.ENDED;
            }
            Session home = connection.home;
            if (home == null) {
                throw new IllegalStateException("a frame before LOGIN");
            }
            session = shard.attach(outlet, home, mayLoad);
            if (session == null) {
                return Outcome.NEEDS_STORE;
            }
            outlet.session = session;
        }
        return shard.apply(session, frame, mayLoad);
    }

    private void forceEnds(Place place) {
        ForceRequest force = place.force;
        if (force == null) {
            return;
        }
        try {
            force.run();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        place.force = null;
        place.shard().time(now, elapsed);
        place.shard().forced(force);
        connections.forEach(connection -> connection.waitsForForce = false);
        endCycle(place);
    }

    private void tick(Place place) {
        place.shard().time(now, elapsed);
        place.shard().tick();
        connections.forEach(connection -> connection.waitsForForce = false);
        endCycle(place);
    }

    private void disaster() {
        Place place = places.get(random.nextInt(places.size()));
        int what = random.nextInt(crashEvery);
        if (what == 0) {
            crash(false);
        } else if (what == 1) {
            crash(true);
        } else if (what == 2) {
            place.disk.crashAfter(random.nextInt(40));
        } else if (what == 3) {
            place.disk.failNextForce();
        } else if (what < 6) {
            faults.count(Kind.DISK_FULL);
            diskFullFor = 1 + random.nextInt(2000);
            places.forEach(each -> each.disk.roomFor(random.nextInt(20_000)));
        } else if (what < 8) {
            drain();
        } else if (what < 12) {
            place.disk.shortTransfers(random.nextBoolean());
        } else if (what < 20) {
            pass(random.nextInt(100_000));
        }
    }

    /** Without a force before ACCEPTED only a killed process is survived, which is what {@code sync=os} says. */
    private void crash(boolean wanted) {
        boolean power = wanted && options.syncAlways();
        faults.count(power ? Kind.POWER_CUT : Kind.PROCESS_KILLED);
        say("%s", power ? "power cut" : "killed");
        for (Place place : places) {
            stop(place, power);
        }
        everybodyIsCutOff();
        start();
    }

    private void stop(Place place, boolean power) {
        place.folder = null;
        place.force = null;
        if (power) {
            powerGone = true;
            place.disk.powerCut();
        } else {
            place.disk.kill();
        }
    }

    /** What was released may still reach a client, up to any point. */
    private void everybodyIsCutOff() {
        for (SimClient client : clients) {
            if (client.connection != null) {
                int heard = random.nextInt(20);
                for (int i = 0; i < heard && client.hear(); i++) {
                    // the last words
                }
                client.disconnected();
            }
        }
        connections.clear();
    }

    private void drain() {
        faults.count(Kind.DRAIN);
        say("drains");
        for (Place place : places) {
            for (SimConnection connection : connections) {
                Session session = connection.outlets[places.indexOf(place)].session;
                if (session != null) {
                    place.shard().close(session);
                }
            }
            endCycle(place);
            while (place.force != null) {
                forceEnds(place);
            }
            ShardFolder folder = place.folder;
            if (folder == null) {
                return;
            }
            try {
                folder.checkpoint();
                folder.close();
            } catch (IOException failed) {
                if (place.disk.hasCrashed()) {
                    throw new UncheckedIOException(failed);
                }
                // No room for a checkpoint: the next start recovers.
            }
        }
        everybodyIsCutOff();
        for (Place place : places) {
            stop(place, options.syncAlways() && random.nextInt(4) == 0);
        }
        start();
    }

    private void start() {
        if (random.nextInt(4) == 0) {
            faults.count(Kind.CLOCK_SET_BACK);
            now -= random.nextInt(10_000_000);
        }
        for (Place place : places) {
            if (!calm && random.nextInt(10) == 0) {
                place.disk.crashAfter(random.nextInt(30));
            }
            while (place.folder == null) {
                open(place);
            }
        }
        if (powerGone) {
            // After everybody has heard the last words.
            oracle.powerCut();
            powerGone = false;
        }
        say("runs");
    }

    private void open(Place place) {
        SlotMemory memory = () -> ByteBuffer.allocate(SlotMemory.CHUNK_BYTES);
        try {
            place.folder = ShardFolder.open(
                    place.disk, logOptions, options, new MapUserStore(1000), memory, random.nextInt(), now);
        } catch (IOException | RuntimeException failed) {
            if (place.disk.hasCrashed()) {
                faults.count(Kind.CRASH_IN_RECOVERY);
                boolean power = options.syncAlways() && random.nextBoolean();
                if (power) {
                    oracle.powerCut();
                    place.disk.powerCut();
                } else {
                    place.disk.kill();
                }
            } else if (String.valueOf(failed.getMessage()).contains("full")) {
                place.disk.roomFor(Long.MAX_VALUE);
            } else if (String.valueOf(failed.getMessage()).contains("input/output error")) {
                faults.count(Kind.FORCE_FAILED);
                place.disk.kill();
            } else {
                oracle.note("does not open: " + failed);
                throw new IllegalStateException("does not open", failed);
            }
        }
    }

    /** Peace: everybody comes back, resends, fetches and acknowledges, until nothing is open; then the books are closed. */
    private void settle() {
        calm = true;
        say("settles");
        for (Place place : places) {
            place.disk.crashAfter(Integer.MAX_VALUE);
            place.disk.roomFor(Long.MAX_VALUE);
            place.disk.shortTransfers(false);
        }
        crashQuietly();
        int quiet = 0;
        for (int round = 0; round < 20_000 && quiet < 6 && oracle.firstWrong() == null; round++) {
            pass(50);
            long before = oracle.arrived();
            guarded(() -> {
                for (SimClient client : clients) {
                    if (client.connection == null || client.connection.closed) {
                        client.disconnected();
                        connect(client);
                    }
                    while (client.hear()) {
                        // all of it
                    }
                    client.acknowledge();
                }
                for (Place place : places) {
                    for (SimConnection connection : List.copyOf(connections)) {
                        if (!connection.waitsForForce) {
                            serve(place, places.indexOf(place), connection);
                        }
                    }
                    endCycle(place);
                    forceEnds(place);
                    tick(place);
                }
            });
            boolean settled = clients.stream().allMatch(client -> client.isOnline() && client.isSettled());
            boolean idle = connections.stream().allMatch(c -> c.toServer.isEmpty() && c.toClient.isEmpty());
            quiet = settled && idle && oracle.arrived() == before ? quiet + 1 : 0;
        }
        if (oracle.firstWrong() == null) {
            if (quiet < 6) {
                oracle.note("does not come to rest: " + unrest());
            }
            oracle.finish();
        }
    }

    private String unrest() {
        StringBuilder text = new StringBuilder("quiet options " + options);
        for (SimClient client : clients) {
            SimConnection here = client.connection;
            if (!client.isSettled() || here == null || !here.loggedIn || !here.toServer.isEmpty()) {
                text.append("; ").append(client.name).append(" unanswered ").append(client.unanswered());
                if (here != null) {
                    text.append(here.loggedIn ? " in" : " out").append(here.closed ? " closed" : "");
                    text.append(" frames ").append(here.toServer.size()).append(here.waitsForForce ? " waiting" : "");
                }
            }
        }
        return text.toString();
    }

    private void crashQuietly() {
        for (Place place : places) {
            stop(place, options.syncAlways());
        }
        everybodyIsCutOff();
        start();
    }

    @FormatMethod
    private void say(String format, Object... arguments) {
        trace.accept(String.format(format, arguments));
    }
}
