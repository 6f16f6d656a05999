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
    /** Cycles after which a guest leaves the rest to the resident owner. */
    private static final int GUEST_CYCLES = 8;

    /** Cycles after which the resident owner looks whether a tick is due. */
    private static final int RESIDENT_CYCLES = 64;

    private static final long TICK_NANOS = 100_000_000;

    /** The same, where nothing waits for a tick. */
    private static final long REST_NANOS = 1_000_000_000;

    private final MpscArrayQueue<Command> ring;
    private final LongSupplier nanos;
    private final Alarm alarm;
    private final Syncer syncer;
    private final Cycle cycle;
    private final Thread resident;

    private final AtomicBoolean owned = new AtomicBoolean();
    /** The resident owner sleeps until a tick that nothing waits for: who gives it a reason to come sooner wakes it. */
    private volatile boolean rests;

    private volatile boolean stopping;
    private boolean closed;
    /** Added to only where a ring is full, and somebody has to wait anyway. */
    private final LongAdder stalls = new LongAdder();

    private final AtomicBoolean failed = new AtomicBoolean();

    /** The resident owner's. */
    private long nextTick;

    /** @param ringCapacity commands, rounded up to a power of two */
    public ShardLoop(
            String name,
            Shard shard,
            int frameLimit,
            int ringCapacity,
            LongSupplier wallMillis,
            LongSupplier nanos,
            Alarm alarm) {
        this.ring = new MpscArrayQueue<>(ringCapacity);
        this.nanos = nanos;
        this.alarm = alarm;
        this.syncer = new Syncer(name + "-syncer", this::forceEnded, this::fail);
        this.cycle = new Cycle(shard, frameLimit, ring, wallMillis, nanos, alarm, syncer);
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
        if (cycle.isResidents() || failed.get()) {
            wakeResident();
            return;
        }
        while (cycle.isDue() && !cycle.isResidents() && !failed.get() && owned.compareAndSet(false, true)) {
            boolean more;
            boolean wakes;
            try {
                more = work(false, cycles);
                wakes = more || cycle.hasSteps() || (rests && !cycle.isAtRest());
            } finally {
                owned.set(false);
            }
            if (wakes) {
                wakeResident();
            }
            if (more) {
                return;
            }
        }
    }

    private void wakeResident() {
        rests = false;
        LockSupport.unpark(resident);
    }

    private void live() {
        nextTick = nanos.getAsLong();
        while (!stopping && !failed.get()) {
            if (owned.compareAndSet(false, true)) {
                try {
                    work(true, RESIDENT_CYCLES);
                    tickIfDue();
                    workInSteps();
                    rests = cycle.isAtRest();
                } finally {
                    cycle.residentWasHere();
                    owned.set(false);
                }
                if (!cycle.isDue()) {
                    sleep();
                }
            } else {
                // A guest owns it. It wakes us if it leaves anything; a tick can wait, but not for as long as guests
                // come.
                if (nanos.getAsLong() - nextTick > TICK_NANOS / 2) {
                    cycle.claim();
                }
                LockSupport.parkNanos(this, TICK_NANOS / 10);
            }
        }
    }

    /** What need not be done at once, and never at one go: whatever comes meanwhile is done in between. */
    private void workInSteps() {
        while (cycle.hasSteps() && !stopping && !failed.get()) {
            try {
                cycle.step();
            } catch (Throwable broken) {
                fail(broken);
                return;
            }
            work(true, 1);
            tickIfDue();
        }
    }

    private void sleep() {
        if (!rests) {
            LockSupport.parkNanos(this, TICK_NANOS);
            return;
        }
        LockSupport.parkNanos(this, REST_NANOS);
        if (!rests) {
            // Woken: what the tick would do can wait as long as it always may, and is in nobody's way until then.
            nextTick = Math.min(nanos.getAsLong() + TICK_NANOS, nextTick - TICK_NANOS + REST_NANOS);
        }
    }

    /** Works the ring off; true if it stopped before the end. */
    private boolean work(boolean mayLoad, int cycles) {
        cycle.mayLoad(mayLoad);
        for (int i = 0; i < cycles; i++) {
            if (failed.get()) {
                return false;
            }
            try {
                if (!cycle.run()) {
                    return cycle.isResidents();
                }
            } catch (Throwable broken) {
                fail(broken);
                return false;
            }
        }
        return cycle.isDue();
    }

    private void tickIfDue() {
        long now = nanos.getAsLong();
        if (failed.get() || now - nextTick < 0) {
            return;
        }
        nextTick = now + TICK_NANOS;
        try {
            cycle.tick();
        } catch (Throwable broken) {
            fail(broken);
        }
    }

    /** On the syncer, which is to force again at once: it tells the shard if that is free, and leaves all else to others. */
    private void forceEnded(ForceRequest done) {
        cycle.forced(done);
        if (cycle.isResidents()) {
            wakeResident();
            return;
        }
        if (failed.get() || !owned.compareAndSet(false, true)) {
            return;
        }
        try {
            cycle.mayLoad(false);
            cycle.tellForced();
        } catch (Throwable broken) {
            fail(broken);
        } finally {
            owned.set(false);
        }
        if (cycle.isDue() || cycle.isResidents()) {
            wakeResident();
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
        closed = cycle.isIdle();
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
                    asked.shard().picture(),
                    depth(),
                    ring.capacity(),
                    stalls.sum(),
                    cycle.pace().cycles(),
                    cycle.pace().forcingNanos(nanos.getAsLong()),
                    cycle.pace().forces()));
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
