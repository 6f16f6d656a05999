package dev.heddle.sim;

import dev.heddle.log.LogFailedException;
import dev.heddle.log.StorageFullException;
import dev.heddle.shard.Ledger;
import dev.heddle.shard.ShardFolder;
import dev.heddle.sim.Faults.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;

/** The server's process on its machine, through all its lives: starts, crashes, drains, and what its clock shows. */
final class Server {
    private static final long BEGINNING = 1_700_000_000_000L;
    private static final long DAY_MILLIS = 86_400_000L;
    private static final int DRAIN_ROUNDS = 400;
    /** Parts of work that the resident owner does between two cycles. */
    private static final int MOST_STEPS = 20;

    private static final int ENOUGH_USERS = 10_000;
    /** Rounds after which nobody waits any more for clients that do not read. */
    private static final int PATIENCE_ROUNDS = 100;

    private final Simulation world;
    private final SplittableRandom random;
    private final Plan plan;
    private final Faults faults;
    private final List<Place> places = new ArrayList<>();
    private final Deque<ByteBuffer> chunks = new ArrayDeque<>();
    private long elapsed = 1;
    private final Walls walls = new Walls(BEGINNING);
    /** How often the clock was set. */
    private int steps;

    private boolean running;

    Server(Simulation world, SplittableRandom random) {
        this.world = world;
        this.random = random;
        this.plan = world.plan();
        this.faults = world.faults();
        for (int i = 0; i < plan.shards(); i++) {
            Place place = new Place(i, random.split(), plan, faults);
            place.disk.capacity(plan.diskBytes());
            places.add(place);
        }
    }

    Place place(int shard) {
        return places.get(shard);
    }

    List<Place> places() {
        return places;
    }

    // ---- time ----

    void pass(long millis) {
        elapsed += millis;
    }

    long elapsed() {
        return elapsed;
    }

    /** What its clock has shown. */
    Walls walls() {
        return walls;
    }

    private long wall() {
        return walls.at(elapsed);
    }

    int steps() {
        return steps;
    }

    /** Whether every disk took all that was to be written in this run. */
    boolean hadRoom() {
        return !wasFull && plan.diskBytes() == Long.MAX_VALUE;
    }

    void setClock() {
        boolean back = random.nextInt(4) > 0;
        long by = random.nextLong(
                switch (random.nextInt(6)) {
                    case 0 -> 40 * DAY_MILLIS;
                    case 1, 2 -> 10_000_000;
                    default -> 10_000;
                });
        steps++;
        faults.count(back ? Kind.CLOCK_SET_BACK : Kind.CLOCK_SET_AHEAD);
        walls.set(elapsed, back ? -by : by);
        world.say(() -> "the clock is set " + (back ? "back" : "ahead") + " by " + by + " ms");
    }

    // ---- work ----

    void cycle(int shard, boolean mayLoad) {
        Place place = places.get(shard);
        place.cycle(wall(), elapsed, mayLoad);
        if (mayLoad) {
            place.steps(random.nextInt(3), wall(), elapsed);
        }
    }

    void forceEnds(int shard, boolean mayLoad) {
        Place place = places.get(shard);
        place.forceEnds(wall(), elapsed, mayLoad);
        if (place.broken && random.nextInt(4) == 0) {
            throw new LogFailedException(new IOException("the force failed some time ago"));
        }
    }

    void tickWhereDue(int every) {
        for (Place place : places) {
            if (elapsed >= place.nextTick) {
                place.nextTick = elapsed + every;
                tick(place);
            }
        }
    }

    private void tick(Place place) {
        boolean hadRoom = plan.diskBytes() == Long.MAX_VALUE && !full;
        place.tick(wall(), elapsed, true);
        place.ticked = elapsed;
        place.tickedWall = wall();
        place.steps(random.nextInt(MOST_STEPS), wall(), elapsed);
        if (hadRoom && !place.shard().isStorageFull()) {
            place.mayBeFull = false;
        }
        long bytes = place.shard().logBytes();
        long most = 2 * plan.options().logBytes() + 16L * plan.log().segmentBytes();
        if (bytes > most) {
            throw new Violation(
                    Violation.Kind.UNBOUNDED, "log of shard " + place.number + ": " + bytes + " of " + most);
        }
        if (place.shard().liveBytes() < 0
                || place.shard().liveBytes() > bytes + plan.log().appendBufferBytes()) {
            throw new Violation(Violation.Kind.UNTRUE, place.shard().liveBytes() + " bytes live in a log of " + bytes);
        }
    }

    private boolean full;
    /** In this run: states that were due then were not written. */
    private boolean wasFull;

    void roomFor(int bytes) {
        full = true;
        wasFull = true;
        world.say(() -> "the disks have room for " + bytes + " bytes");
        for (Place place : places) {
            place.mayBeFull = true;
            place.disk.roomFor(bytes);
        }
    }

    void roomAgain() {
        full = false;
        world.say(() -> "the disks have room again");
        places.forEach(place -> place.disk.roomFor(Long.MAX_VALUE));
    }

    boolean mayBeFull(int shard) {
        Place place = places.get(shard);
        return place.mayBeFull
                || plan.diskBytes() != Long.MAX_VALUE
                || plan.slotsFail() > 0
                || place.shard().logBytes() >= plan.options().logBytes() / 100 * 94;
    }

    // ---- ends and beginnings ----

    /** Does a piece of the process's life, which may be its last. */
    void guarded(Runnable piece) {
        try {
            piece.run();
        } catch (UncheckedIOException | LogFailedException end) {
            died(end);
        } catch (Violation violation) {
            throw violation;
        } catch (RuntimeException | AssertionError failure) {
            throw new Violation(Violation.Kind.BROKEN, "the core threw " + failure, failure);
        }
    }

    private void died(RuntimeException end) {
        if (places.stream().anyMatch(place -> place.disk.hasCrashed())) {
            faults.count(Kind.CRASH_WHILE_RUNNING);
            crash(plan.survivesPowerCuts() && random.nextBoolean());
        } else if (places.stream().anyMatch(place -> place.broken) || isInjected(end)) {
            faults.count(Kind.FORCE_FAILED);
            crash(plan.survivesPowerCuts() && random.nextInt(3) == 0);
        } else {
            throw new Violation(Violation.Kind.BROKEN, "storage failed without a fault: " + end, end);
        }
    }

    private static boolean isInjected(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (String.valueOf(cause.getMessage()).contains("input/output error")) {
                return true;
            }
        }
        return false;
    }

    void crash(boolean power) {
        faults.count(power ? Kind.POWER_CUT : Kind.PROCESS_KILLED);
        world.say(() -> power ? "power cut" : "killed");
        world.presences().crashed(power);
        end(power);
        start();
    }

    private void end(boolean power) {
        running = false;
        full = false;
        world.paces().restarted();
        if (power) {
            world.oracle().powerCut();
        }
        for (Place place : places) {
            place.ended();
            if (power) {
                place.disk.powerCut();
            } else {
                place.disk.kill();
            }
        }
        world.cutAll();
    }

    /** As a server drains: goodbye to all, everything in the rings done and forced, a checkpoint. */
    void drain() {
        faults.count(Kind.DRAIN);
        world.say(() -> "drains");
        world.connections().forEach(SimConnection::drain);
        for (int round = 0; !isIdle(); round++) {
            if (round == DRAIN_ROUNDS) {
                if (full || plan.diskBytes() != Long.MAX_VALUE) {
                    crash(false);
                    return;
                }
                throw new Violation(Violation.Kind.STUCK, "the drain does not end");
            }
            if (round == PATIENCE_ROUNDS) {
                world.connections().forEach(SimConnection::close);
            }
            everythingMoves();
        }
        boolean clean = true;
        for (Place place : places) {
            if (!world.isCalm() && random.nextInt(8) == 0) {
                place.disk.crashAfter(random.nextInt(20));
            }
            clean &= rests(place);
            if (place.disk.hasCrashed()) {
                faults.count(Kind.CRASH_IN_CHECKPOINT);
                crash(plan.survivesPowerCuts() && random.nextBoolean());
                return;
            }
        }
        if (clean) {
            world.presences().drained();
        } else {
            world.presences().crashed(true);
        }
        end(plan.survivesPowerCuts() && random.nextInt(4) == 0);
        start();
        for (Place place : places) {
            if (clean && running && !place.folder().opened().clean() && !restarted) {
                throw new Violation(Violation.Kind.BROKEN, "shard " + place.number + " was drained and had to recover");
            }
        }
    }

    private boolean rests(Place place) {
        ShardFolder folder = place.folder();
        try {
            Ledger ledger = folder.checkpoint();
            if (!ledger.balances()) {
                throw new Violation(Violation.Kind.UNTRUE, "the ledger of shard " + place.number + ": " + ledger);
            }
            folder.close();
            return true;
        } catch (IOException noRoom) {
            return false;
        }
    }

    private boolean isIdle() {
        return places.stream().allMatch(Place::isIdle)
                && world.connections().stream().allMatch(SimConnection::isOver);
    }

    /** A step of everybody but the clients. */
    void everythingMoves() {
        elapsed += 20;
        for (SimConnection connection : List.copyOf(world.connections())) {
            connection.read();
            connection.write();
        }
        for (Place place : places) {
            place.cycle(wall(), elapsed, true);
            place.steps(MOST_STEPS, wall(), elapsed);
            place.forceEnds(wall(), elapsed, true);
            if (place.broken) {
                throw new LogFailedException(new IOException("the force failed some time ago"));
            }
        }
        tickWhereDue(100);
    }

    /** The first attempt to start was not the last one. */
    private boolean restarted;

    void start() {
        restarted = false;
        if (!world.isCalm() && random.nextInt(4) == 0) {
            setClock();
        }
        for (int i = 0; i < places.size(); i++) {
            Place place = places.get(i);
            if (!world.isCalm() && random.nextInt(6) == 0) {
                place.disk.crashAfter(random.nextInt(30));
            }
            if (!open(place)) {
                restarted = true;
                i = -1;
            }
        }
        running = true;
        wasFull = false;
        world.say(() -> "runs");
    }

    private boolean open(Place place) {
        Slots slots = new Slots(chunks, () -> !running || random.nextInt(100) >= plan.slotsFail());
        try {
            ShardFolder opened = ShardFolder.open(
                    place.disk,
                    plan.log(),
                    plan.options(),
                    new MapUserStore(world.isCalm() ? ENOUGH_USERS : plan.storeUsers()),
                    slots,
                    random.nextInt(),
                    wall());
            opened.begin();
            place.started(opened, slots);
            place.nextTick = elapsed;
            place.ticked = -1;
            if (opened.opened().clean()) {
                faults.count(Kind.CLEAN_START);
            }
            return true;
        } catch (IOException | RuntimeException failure) {
            slots.giveBack();
            couldNotStart(place, failure);
            return false;
        }
    }

    private void couldNotStart(Place place, Exception failure) {
        boolean power = plan.survivesPowerCuts() && random.nextBoolean();
        if (place.disk.hasCrashed()) {
            faults.count(Kind.CRASH_IN_RECOVERY);
        } else if (isInjected(failure)) {
            faults.count(Kind.FORCE_FAILED);
        } else if (plan.diskBytes() != Long.MAX_VALUE && failure instanceof StorageFullException) {
            place.addRoom();
        } else {
            throw new Violation(Violation.Kind.BROKEN, "shard " + place.number + " does not open: " + failure, failure);
        }
        world.say(() -> "dies in recovery of shard " + place.number + (power ? ", by a power cut" : ""));
        world.presences().crashed(power);
        end(power);
    }
}
