package dev.heddle.routing;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.log.ForceRequest;
import dev.heddle.shard.Outcome;
import dev.heddle.shard.Shard;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jctools.queues.MpscArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Runs one shard: a bounded ring of commands, and the right to work them off, which is held by one thread at a time. Bounded
 * by the ring's capacity, which has to exceed the commands that can be under way.
 *
 * <p>Ownership is a flag that is taken by compare-and-set and given back with a volatile write, so that each owner sees all
 * that the earlier ones did. Whoever submits a command takes the shard if it is free, and works the ring off itself: on a
 * quiet server a message crosses no other thread on its way. What such a guest cannot do (touch the user store, work longer
 * than its share) the resident owner does, a platform thread that sleeps otherwise. The syncer takes it for a moment, to say
 * that a force has ended, if nobody has it who will see that.
 *
 * <pre>
 *            submit: offer, then take if free
 *   FREE ------------------------------------> OWNED by a guest ----- ring empty ----> FREE
 *    ^  ^                                          |
 *    |  +--- ring empty --- OWNED by the resident <+-- needs the store, or share used up (resident is woken)
 * </pre>
 */
public final class ShardLoop {
    /** Commands that are written to the log together. */
    private static final int CYCLE_COMMANDS = 32;

    /** Cycles after which a guest leaves the rest to the resident owner. */
    private static final int GUEST_CYCLES = 8;

    /** Cycles after which the resident owner looks whether a tick is due. */
    private static final int RESIDENT_CYCLES = 64;

    /**
     * A force of so much begins before what was said goes out, which takes a while then as well. A shorter one comes after it:
     * the thread that it wakes would only be in the way of a message that somebody waits for.
     */
    private static final int LONG_FORCE_BYTES = 32 * 1024;

    private static final long TICK_NANOS = 100_000_000;

    private final Shard shard;
    private final Turn turn;
    private final MpscArrayQueue<Command> ring;
    private final LongSupplier wallMillis;
    private final LongSupplier nanos;
    private final Alarm alarm;
    private final Syncer syncer;
    private final Thread resident;

    private final AtomicBoolean owned = new AtomicBoolean();
    /** The command at the head wants the resident owner: guests keep off. */
    private volatile boolean residentOnly;

    /** The force that has ended, until the shard is told: that comes before any command. */
    private volatile @Nullable ForceRequest forced;

    private volatile boolean stopping;
    private boolean closed;
    /** Added to only where a ring is full, and somebody has to wait anyway. */
    private final LongAdder stalls = new LongAdder();

    private final AtomicBoolean failed = new AtomicBoolean();

    // Owned by the shard's owner, like the shard itself.
    private @Nullable Command head;
    private final Ran ran = new Ran();
    private final Pace pace = new Pace(CYCLE_COMMANDS);
    private long nextTick;
    private boolean full;

    /** @param ringCapacity commands, rounded up to a power of two */
    public ShardLoop(
            String name,
            Shard shard,
            int frameLimit,
            int ringCapacity,
            LongSupplier wallMillis,
            LongSupplier nanos,
            Alarm alarm) {
        this.shard = shard;
        this.turn = new Turn(shard, frameLimit);
        this.ring = new MpscArrayQueue<>(ringCapacity);
        this.wallMillis = wallMillis;
        this.nanos = nanos;
        this.alarm = alarm;
        this.syncer = new Syncer(name + "-syncer", this::forceEnded, this::fail);
        this.resident = Thread.ofPlatform().name(name).daemon(true).unstarted(this::live);
    }

    public void start() {
        syncer.start();
        resident.start();
    }

    /** Takes the command; false if the ring is full, and the caller has to wait or do without. */
    @CheckReturnValue
    public boolean submit(Command command) {
        if (!ring.offer(command)) {
            stalls.increment();
            return false;
        }
        runAsGuest(GUEST_CYCLES);
        return true;
    }

    /** As {@link #submit}, by a thread that others wait for: it works one cycle at most. */
    @CheckReturnValue
    public boolean submitBriefly(Command command) {
        if (!ring.offer(command)) {
            return false;
        }
        runAsGuest(1);
        return true;
    }

    private void runAsGuest(int cycles) {
        if (residentOnly || failed.get()) {
            wakeResident();
            return;
        }
        while (isDue() && !residentOnly && !failed.get() && owned.compareAndSet(false, true)) {
            boolean more;
            try {
                more = work(false, cycles);
            } finally {
                owned.set(false);
            }
            if (more) {
                wakeResident();
                return;
            }
        }
    }

    /** Whether there is something to do for an owner. */
    private boolean isDue() {
        return forced != null || !ring.isEmpty();
    }

    private void wakeResident() {
        LockSupport.unpark(resident);
    }

    private void live() {
        nextTick = nanos.getAsLong();
        while (!stopping && !failed.get()) {
            if (owned.compareAndSet(false, true)) {
                try {
                    work(true, RESIDENT_CYCLES);
                    tickIfDue();
                } finally {
                    residentOnly = false;
                    owned.set(false);
                }
                if (!isDue()) {
                    LockSupport.parkNanos(this, TICK_NANOS);
                }
            } else {
                // A guest owns it. It wakes us if it leaves anything; a tick can wait.
                LockSupport.parkNanos(this, TICK_NANOS / 10);
            }
        }
    }

    /** Works the ring off; true if it stopped before the end. */
    private boolean work(boolean mayLoad, int cycles) {
        turn.mayLoad(mayLoad);
        for (int i = 0; i < cycles; i++) {
            if (failed.get()) {
                return false;
            }
            try {
                if (!cycle()) {
                    return residentOnly;
                }
            } catch (Throwable broken) {
                fail(broken);
                return false;
            }
        }
        return isDue();
    }

    /**
     * One cycle, which is over as soon as a force is, so that the next one begins, or there is much to write; false if there was
     * nothing to do or nothing more that this thread can do.
     */
    private boolean cycle() {
        if (head == null && !isDue()) {
            return false;
        }
        tellTime();
        if (takeForced()) {
            endCycle();
        }
        boolean stopped = false;
        int commands = 0;
        while (!stopped && forced == null && commands < CYCLE_COMMANDS) {
            Command command = next();
            if (command == null) {
                break;
            }
            stopped = !run(command);
            commands++;
            if (shard.hasMuchToWrite()) {
                break;
            }
        }
        if (commands == 0) {
            return false;
        }
        pace.cycle(commands);
        boolean _ = takeForced();
        endCycle();
        return !stopped;
    }

    private void tellTime() {
        shard.time(wallMillis.getAsLong(), TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong()));
    }

    private @Nullable Command next() {
        Command command = head;
        if (command != null) {
            head = null;
            return command;
        }
        return ring.relaxedPoll();
    }

    /** False if the command has to wait for the resident owner. */
    private boolean run(Command command) {
        Outcome outcome = command.run(turn);
        if (outcome == Outcome.NEEDS_STORE) {
            head = command;
            residentOnly = true;
            return false;
        }
        ran.add(command, outcome);
        return true;
    }

    private void endCycle() {
        boolean written = shard.write();
        ForceRequest force = shard.takeForce();
        boolean isLong = force != null && force.bytes() >= LONG_FORCE_BYTES;
        if (isLong) {
            begin(force);
        }
        shard.release(written);
        if (!isLong) {
            begin(force);
        }
        ran.tell();
    }

    private void begin(@Nullable ForceRequest force) {
        if (force != null) {
            pace.forceBegins(nanos.getAsLong());
            syncer.force(force);
        }
    }

    private void tickIfDue() {
        long now = nanos.getAsLong();
        if (failed.get() || now - nextTick < 0) {
            return;
        }
        nextTick = now + TICK_NANOS;
        try {
            tellTime();
            shard.tick();
            lookAtStorage();
            retryUnforced();
            endCycle();
        } catch (Throwable broken) {
            fail(broken);
        }
    }

    private void lookAtStorage() {
        boolean isFull = shard.isStorageFull();
        if (isFull != full) {
            full = isFull;
            alarm.full(isFull);
        }
    }

    /** On the syncer, which is to force again at once: it tells the shard if that is free, and leaves all else to others. */
    private void forceEnded(ForceRequest done) {
        forced = done;
        if (failed.get() || residentOnly || !owned.compareAndSet(false, true)) {
            return;
        }
        try {
            turn.mayLoad(false);
            tellTime();
            if (takeForced()) {
                endCycle();
            }
        } catch (Throwable broken) {
            fail(broken);
        } finally {
            owned.set(false);
        }
        if (isDue() || residentOnly) {
            wakeResident();
        }
    }

    /** Tells the shard of a force that has ended; false if none has. */
    private boolean takeForced() {
        ForceRequest done = forced;
        if (done == null) {
            return false;
        }
        forced = null;
        pace.forceEnded(nanos.getAsLong());
        shard.forced(done);
        retryUnforced();
        return true;
    }

    private void retryUnforced() {
        for (Command command : ran.takeUnforced()) {
            Outcome outcome = command.run(turn);
            // Where this thread must not touch the store, the next tick does it.
            ran.add(command, outcome == Outcome.NEEDS_STORE ? Outcome.NEEDS_FORCE : outcome);
        }
    }

    private void fail(Throwable cause) {
        if (failed.compareAndSet(false, true)) {
            alarm.failed(cause);
        }
    }

    /**
     * Finishes what is in the ring and under way, and stops; the resident owner and the syncer have ended when this returns,
     * and the shard is the caller's. Who calls this has seen to it that nobody submits any more.
     */
    public void drain() throws InterruptedException {
        while (!failed.get() && (syncer.isBusy() || !closeIdle())) {
            wakeResident();
            TimeUnit.MILLISECONDS.sleep(1);
        }
        close();
    }

    /** Takes the shard for good, if there is nothing left to do: then no tick begins anything either. */
    private boolean closeIdle() {
        if (!owned.compareAndSet(false, true)) {
            return false;
        }
        closed = !isDue() && head == null && !shard.isForcing() && !ran.isWaiting();
        if (!closed) {
            owned.set(false);
        }
        return closed;
    }

    /** Any thread: whether a force is under way, about. */
    public boolean isForcing() {
        return syncer.isBusy();
    }

    /** Any thread: forces that have ended, about. */
    long forcesEnded() {
        return syncer.ended();
    }

    public boolean hasFailed() {
        return failed.get();
    }

    /** Commands that wait, about. */
    public int depth() {
        return ring.size();
    }

    /** False once it is being stopped, or storage has failed: what is submitted then is not run. */
    public boolean isRunning() {
        return !stopping && !failed.get();
    }

    /** Has a picture taken by the shard's owner; false if the ring is full. Any thread. */
    @CheckReturnValue
    public boolean picture(Consumer<LoopPicture> viewer) {
        return submit(asked -> {
            viewer.accept(new LoopPicture(
                    asked.shard().picture(), depth(), ring.capacity(), stalls.sum(), pace.cycles(), pace.forces()));
            return Outcome.DONE;
        });
    }

    /** Stops at once; what is in the ring is not run. Ownership is taken and never given back, so that no guest comes any more. */
    public void close() throws InterruptedException {
        stopping = true;
        wakeResident();
        if (resident.isAlive()) {
            resident.join();
        }
        syncer.close();
        while (!closed && !owned.compareAndSet(false, true)) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        closed = true;
    }
}
