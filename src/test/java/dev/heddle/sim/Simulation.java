package dev.heddle.sim;

import dev.heddle.sim.Faults.Kind;
import dev.heddle.wire.RejectCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One world, made from one seed: what happens in it, in which order, and what breaks. The core's classes are the real ones; the
 * threads, the network, the disk, the clock and the people are not.
 */
public final class Simulation {
    private static final int REMEMBERED_STEPS = 60;
    private static final int TICK_MILLIS = 100;

    private final SplittableRandom random;
    private final Consumer<String> trace;
    private final Plan plan;
    private final Faults faults = new Faults();
    private final Oracle oracle;
    private final Presences presences;
    private final Paces paces;
    private final Server server;
    private final List<SimClient> clients = new ArrayList<>();
    private final List<SimConnection> connections = new ArrayList<>();
    private final Deque<String> lastSteps = new ArrayDeque<>();
    private final Set<Integer> turnedAway = new HashSet<>();
    private int connectionNumber;
    private long fullUntil;
    private boolean calm;
    private boolean over;

    /** @param trace is told each step */
    public Simulation(long seed, Consumer<String> trace) {
        this.random = new SplittableRandom(seed);
        this.trace = trace;
        this.plan = Plan.of(random);
        this.presences = new Presences(this, plan.users());
        this.paces = new Paces(this, plan.users());
        this.server = new Server(this, random.split());
        this.oracle = new Oracle(plan, server.walls());
        for (int i = 0; i < plan.users(); i++) {
            clients.add(new SimClient(this, i, random.split()));
        }
    }

    /**
     * Runs, until all is at rest again.
     *
     * @throws Violation as soon as the core breaks a promise
     */
    public void run(int steps) {
        say(plan::toString);
        server.start();
        for (int i = 0; i < steps; i++) {
            server.guarded(this::step);
        }
        new Settling(this, server, clients, connections).run();
    }

    private void step() {
        server.pass(random.nextInt(300) == 0 ? random.nextInt(30_000) : random.nextInt(10));
        int what = random.nextInt(100);
        if (what < 40) {
            for (int i = 0; i < plan.pace(); i++) {
                act(clients.get(random.nextInt(clients.size())));
            }
        } else if (what < 64) {
            for (int i = 0; i < plan.pace() && !connections.isEmpty(); i++) {
                move(connections.get(random.nextInt(connections.size())));
            }
        } else if (what < 90) {
            server.cycle(random.nextInt(plan.shards()), random.nextInt(3) > 0);
        } else if (random.nextInt(plan.slowForce()) == 0) {
            server.forceEnds(random.nextInt(plan.shards()), random.nextInt(3) > 0);
        }
        server.tickWhereDue(TICK_MILLIS);
        if (fullUntil > 0 && server.elapsed() > fullUntil) {
            fullUntil = 0;
            server.roomAgain();
        }
        if (random.nextInt(plan.disasterEvery()) == 0) {
            disaster();
        }
        if (random.nextInt(plan.disasterEvery()) == 0) {
            remove(clients.get(random.nextInt(clients.size())));
        }
    }

    private void move(SimConnection connection) {
        if (random.nextBoolean()) {
            connection.read();
        } else {
            connection.write();
        }
        if (connection.isForgotten()) {
            connections.remove(connection);
        } else if (random.nextInt(2000) == 0) {
            say(() -> "connection " + connection.number + " is given up");
            connection.close();
        }
    }

    private void act(SimClient client) {
        if (!client.isConnected()) {
            connect(client);
            return;
        }
        int what = random.nextInt(40);
        if (what < 16) {
            for (int count = random.nextInt(10); count > 0 && client.hear(); count--) {
                // hears on
            }
        } else if (what < 24) {
            for (int count = 1 + random.nextInt(plan.bursts()); count > 0; count--) {
                byte[] body = new byte[random.nextInt(plan.maxBody() + 1)];
                random.nextBytes(body);
                client.send(somebody(), body);
            }
        } else if (what < 30) {
            client.acknowledge(random.nextBoolean());
        } else if (what < 36) {
            client.ask("user-" + asked());
        } else if (what == 36) {
            rarely(client);
        }
    }

    /** Half of everything goes to the two most popular. */
    private int somebody() {
        return random.nextBoolean() ? random.nextInt(Math.min(2, clients.size())) : random.nextInt(clients.size());
    }

    /** In a crowd half of all ask about the most popular one; some ask about nobody there is. */
    private int asked() {
        return plan.pace() > 1 && random.nextBoolean() ? 0 : random.nextInt(clients.size() + 3);
    }

    private void rarely(SimClient client) {
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3 -> {
                faults.count(Kind.CONNECTION_LOST);
                say(() -> client + " is cut off");
                client.leave(true);
            }
            case 4, 5, 6, 7 -> {
                faults.count(Kind.TAKEOVER);
                say(() -> client + " takes over");
                client.leave(false);
                connect(client);
            }
            case 8 -> client.lie();
            case 9 -> client.logOut();
            case 10 -> client.forget();
            default -> {}
        }
    }

    void connect(SimClient client) {
        SimConnection opened = new SimConnection(this, client, ++connectionNumber);
        connections.add(opened);
        say(() -> client + " connects, as " + opened.number);
        client.connect(opened);
    }

    private void remove(SimClient client) {
        faults.count(Kind.REMOVED);
        server.places().forEach(place -> place.submit(new Removing(this, client)));
    }

    private void disaster() {
        int shard = random.nextInt(plan.shards());
        Place place = server.place(shard);
        switch (random.nextInt(16)) {
            case 0, 1 -> server.crash(false);
            case 2, 3 -> server.crash(plan.survivesPowerCuts());
            case 4, 5, 6 -> {
                int operations = random.nextInt(40);
                say(() -> "the disk of shard " + shard + " dies in " + operations + " operations");
                place.disk.crashAfter(operations);
            }
            case 7 -> {
                say(() -> "the next force of shard " + shard + " fails");
                place.disk.failNextForce();
            }
            case 8, 9, 10 -> {
                faults.count(Kind.DISK_FULL);
                fullUntil = server.elapsed() + random.nextInt(5000);
                server.roomFor(random.nextInt(20_000));
            }
            case 11, 12 -> server.drain();
            case 13 -> {
                faults.count(Kind.SHORT_TRANSFERS);
                place.disk.shortTransfers(random.nextBoolean());
            }
            case 14 -> server.setClock();
            default -> {
                faults.count(Kind.STALL);
                server.pass(random.nextInt(200_000));
            }
        }
    }

    /** Every connection ends where it is; what the sockets hold may still arrive. */
    void cutAll() {
        for (SimConnection connection : connections) {
            connection.cut(random.nextInt(3) > 0);
        }
        connections.clear();
    }

    void checkRejection(Message message, RejectCode code, int shard) {
        int key = message.sender * 4 + shard;
        boolean plausible = switch (code) {
            case DUPLICATE -> count(Kind.DUPLICATE, true);
            case INBOX_FULL -> count(Kind.INBOX_FULL, plan.options().inboxMessages() < 10_000);
            case STORAGE_FULL -> count(Kind.STORAGE_FULL, server.mayBeFull(shard));
            case UNAVAILABLE -> count(Kind.UNAVAILABLE, plan.storeUsers() < plan.users() + 3);
            case TOO_OLD -> count(Kind.TOO_OLD, turnedAway.contains(key) || message.senderRemoved);
            default -> false;
        };
        if (!plausible) {
            throw new Violation(Violation.Kind.UNTRUE, "shard " + shard + " rejects with " + code + ": " + message);
        }
        if (code != RejectCode.DUPLICATE) {
            turnedAway.add(key);
        }
    }

    private boolean count(Kind kind, boolean plausible) {
        faults.count(kind);
        return plausible;
    }

    // ---- what the others want to know ----

    boolean isMoody() {
        return !calm && random.nextInt(100) < plan.moody();
    }

    void calm() {
        calm = true;
    }

    boolean isCalm() {
        return calm;
    }

    /** Everything was delivered and acknowledged: nothing may come any more. */
    void over() {
        over = true;
    }

    boolean isOver() {
        return over;
    }

    SplittableRandom random() {
        return random;
    }

    Plan plan() {
        return plan;
    }

    Oracle oracle() {
        return oracle;
    }

    Presences presences() {
        return presences;
    }

    Paces paces() {
        return paces;
    }

    long elapsed() {
        return server.elapsed();
    }

    public Faults faults() {
        return faults;
    }

    public long messages() {
        return oracle.sent();
    }

    Place place(int shard) {
        return server.place(shard);
    }

    List<SimConnection> connections() {
        return connections;
    }

    byte[] nameOf(int index) {
        return clients.get(index).name;
    }

    /** Whose name this is; -1: nobody's. */
    int indexOf(byte[] name) {
        String text = new String(name, StandardCharsets.UTF_8);
        int index = text.matches("user-[0-9]{1,4}") ? Integer.parseInt(text, 5, text.length(), 10) : -1;
        return index < clients.size() ? index : -1;
    }

    /** As {@code routing.Router} has it. */
    int shardOf(byte[] name) {
        int hash = 0;
        for (byte each : name) {
            hash = 31 * hash + each;
        }
        return Math.floorMod(hash ^ hash >>> 16, plan.shards());
    }

    /** A user's own shard. */
    Place placeOf(byte[] name) {
        return server.place(shardOf(name));
    }

    /** How often the clock was set. */
    int clockSteps() {
        return server.steps();
    }

    /** Whether every disk took all that was to be written in this run. */
    boolean hadRoom() {
        return server.hadRoom();
    }

    void say(Supplier<String> what) {
        String step = what.get();
        lastSteps.add(step);
        if (lastSteps.size() > REMEMBERED_STEPS) {
            lastSteps.remove();
        }
        trace.accept(step);
    }

    /** What happened last, oldest first. */
    public List<String> lastSteps() {
        return List.copyOf(lastSteps);
    }
}
