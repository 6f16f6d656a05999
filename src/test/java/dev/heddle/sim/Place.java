package dev.heddle.sim;

import dev.heddle.log.FaultyDisk;
import dev.heddle.log.ForceRequest;
import dev.heddle.shard.Outcome;
import dev.heddle.shard.Shard;
import dev.heddle.shard.ShardFolder;
import dev.heddle.sim.Faults.Kind;
import dev.heddle.wire.ClientFrame;
import dev.heddle.wire.FrameCursor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One shard with its disk, ring, owner and syncer: what {@code routing.ShardLoop} does, without its threads. The order in which
 * things happen is the simulation's to choose.
 */
final class Place {
    private static final int CYCLE_COMMANDS = 32;

    final int number;
    final FaultyDisk disk;
    final FrameCursor cursor;
    final ClientFrame frame = new ClientFrame();

    private final SplittableRandom random;
    private final Faults faults;
    private final long roomToAdd;
    private final Deque<Work> ring = new ArrayDeque<>();
    private final List<Work> finished = new ArrayList<>();
    private final List<Outcome> outcomes = new ArrayList<>();
    private List<Work> unforced = new ArrayList<>();
    private @Nullable Work head;
    private @Nullable ShardFolder folder;
    private @Nullable Slots slots;
    private @Nullable ForceRequest force;
    private boolean forceRan;

    /** A force has failed: the process is about to end. */
    boolean broken;

    /** Its disk has been full, and it has not ticked since there was room. */
    boolean mayBeFull;

    long nextTick;
    /** The wall time that this run was told last. */
    long shown;

    /** When it ticked last in this run, -1: not yet; and what the wall showed then. */
    long ticked;

    long tickedWall;

    Place(int number, SplittableRandom random, Plan plan, Faults faults) {
        this.number = number;
        this.random = random;
        this.faults = faults;
        this.roomToAdd = 8L * plan.log().appendBufferBytes();
        this.disk = new FaultyDisk(random.split());
        this.cursor = new FrameCursor(plan.options().frameLimit());
    }

    void started(ShardFolder opened, Slots memory) {
        folder = opened;
        slots = memory;
        broken = false;
        mayBeFull = false;
        shown = 0;
    }

    /** Somebody deletes something else on its disk. */
    void addRoom() {
        faults.count(Kind.ROOM_ADDED);
        disk.capacity(disk.used() + roomToAdd);
    }

    /** The process has ended. */
    void ended() {
        if (slots != null) {
            slots.giveBack();
        }
        slots = null;
        folder = null;
        force = null;
        head = null;
        ring.clear();
        unforced.clear();
        finished.clear();
        outcomes.clear();
    }

    ShardFolder folder() {
        ShardFolder here = folder;
        if (here == null) {
            throw new IllegalStateException("not running");
        }
        return here;
    }

    Shard shard() {
        return folder().shard();
    }

    void submit(Work work) {
        ring.add(work);
    }

    boolean isIdle() {
        return ring.isEmpty() && head == null && unforced.isEmpty() && force == null && !shard().isClearing();
    }

    /** One cycle, by a guest or by the resident owner. */
    void cycle(long wall, long elapsed, boolean mayLoad) {
        Work work = next();
        if (work == null) {
            return;
        }
        time(wall, elapsed);
        int most = 1 + random.nextInt(CYCLE_COMMANDS);
        for (int i = 1; work != null; i++) {
            Outcome outcome = work.run(this, mayLoad);
            if (outcome == Outcome.NEEDS_STORE) {
                faults.count(Kind.NEEDS_STORE);
                head = work;
                break;
            }
            note(work, outcome);
            work = i >= most ? null : next();
        }
        endCycle();
    }

    private void time(long wall, long elapsed) {
        shown = wall;
        shard().time(wall, elapsed);
    }

    private @Nullable Work next() {
        Work work = head;
        head = null;
        return work == null ? ring.poll() : work;
    }

    private void note(Work work, Outcome outcome) {
        if (outcome == Outcome.NEEDS_FORCE || outcome == Outcome.NEEDS_STORE) {
            faults.count(Kind.NEEDS_FORCE);
            unforced.add(work);
        } else {
            finished.add(work);
            outcomes.add(outcome);
        }
    }

    void tick(long wall, long elapsed, boolean mayLoad) {
        time(wall, elapsed);
        shard().tick();
        retryUnforced(mayLoad);
        endCycle();
    }

    /** By the resident owner, between cycles: so many parts of what need not be done at once. */
    void steps(int most, long wall, long elapsed) {
        for (int i = 0; i < most && shard().hasSteps(); i++) {
            time(wall, elapsed);
            boolean waited = shard().isClearing();
            shard().step();
            if (waited && !shard().isClearing()) {
                retryUnforced(true);
            }
            endCycle();
        }
    }

    private void retryUnforced(boolean mayLoad) {
        List<Work> again = unforced;
        unforced = new ArrayList<>();
        for (Work work : again) {
            note(work, work.run(this, mayLoad));
        }
    }

    void endCycle() {
        shard().endCycle();
        ForceRequest wanted = shard().takeForce();
        if (wanted != null) {
            if (force != null) {
                throw new IllegalStateException("a force is under way");
            }
            force = wanted;
            forceRan = false;
            if (random.nextBoolean()) {
                run(wanted);
            }
        }
        for (int i = 0; i < finished.size(); i++) {
            finished.get(i).finished(outcomes.get(i));
        }
        finished.clear();
        outcomes.clear();
    }

    /** The disk is done with the force: what was written since it began is as durable as the disk likes. */
    void forceEnds(long wall, long elapsed, boolean mayLoad) {
        ForceRequest running = force;
        if (running == null || broken) {
            return;
        }
        if (!forceRan) {
            run(running);
            if (random.nextBoolean()) {
                return;
            }
        }
        if (broken) {
            return;
        }
        force = null;
        time(wall, elapsed);
        shard().forced(running);
        retryUnforced(mayLoad);
        endCycle();
    }

    private void run(ForceRequest request) {
        forceRan = true;
        try {
            request.run();
        } catch (IOException failed) {
            if (disk.hasCrashed()) {
                throw new UncheckedIOException(failed);
            }
            broken = true;
        }
    }
}
