package dev.heddle.routing;

import dev.heddle.log.ForceRequest;
import dev.heddle.shard.Outcome;
import dev.heddle.shard.Shard;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jctools.queues.MpscArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * What a shard's owner does, again and again: takes commands from the ring, has what they appended written, what is written
 * forced, and what they said sent. The shard's owner only, but where it says otherwise. Bounded by the commands of a cycle, and
 * by those under way that wait for a force.
 */
final class Cycle {
    /** Commands that are written to the log together. */
    private static final int MOST_COMMANDS = 32;

    /**
     * A force of so much begins before what was said goes out, which takes a while then as well. A shorter one comes after it:
     * the thread that it wakes would only be in the way of a message that somebody waits for.
     */
    private static final int LONG_FORCE_BYTES = 32 * 1024;

    private final Shard shard;
    private final Turn turn;
    private final MpscArrayQueue<Command> ring;
    private final LongSupplier wallMillis;
    private final LongSupplier nanos;
    private final Alarm alarm;
    private final Syncer syncer;

    /** The command at the head wants the resident owner: guests keep off. */
    private volatile boolean residentOnly;

    /** The force that has ended, until the shard is told: that comes before any command. */
    private volatile @Nullable ForceRequest forced;

    private @Nullable Command head;
    private final Ran ran = new Ran();
    private final Pace pace = new Pace(MOST_COMMANDS);
    private boolean full;

    Cycle(
            Shard shard,
            int frameLimit,
            MpscArrayQueue<Command> ring,
            LongSupplier wallMillis,
            LongSupplier nanos,
            Alarm alarm,
            Syncer syncer) {
        this.shard = shard;
        this.turn = new Turn(shard, frameLimit);
        this.ring = ring;
        this.wallMillis = wallMillis;
        this.nanos = nanos;
        this.alarm = alarm;
        this.syncer = syncer;
    }

    // ---- any thread ----

    /** Whether there is something to do for an owner. */
    boolean isDue() {
        return forced != null || !ring.isEmpty();
    }

    /** Whether what comes next can be done by the resident owner alone. */
    boolean isResidents() {
        return residentOnly;
    }

    /** By the resident owner, which does not come to its turn: guests keep off until it was here. */
    void claim() {
        residentOnly = true;
    }

    /** By the syncer: this force has ended, which the shard has not been told. */
    void forced(ForceRequest done) {
        forced = done;
    }

    // ---- the shard's owner ----

    /** Whether this owner may touch the user store. */
    void mayLoad(boolean allowed) {
        turn.mayLoad(allowed);
    }

    /** The resident owner has done what only it can do. */
    void residentWasHere() {
        residentOnly = false;
    }

    /**
     * Once round, which is over as soon as a force is, so that the next one begins, or there is much to write; false if there was
     * nothing to do or nothing more that this thread can do.
     */
    boolean run() {
        if (head == null && !isDue()) {
            return false;
        }
        tellForced();
        boolean stopped = false;
        int commands = 0;
        while (!stopped && forced == null && commands < MOST_COMMANDS) {
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
        end();
        return !stopped;
    }

    /** Tells the shard what time it is, and that a force has ended, if one has; what that means to clients goes out. */
    void tellForced() {
        tellTime();
        if (takeForced()) {
            end();
        }
    }

    /** Periodic work. */
    void tick() {
        tellTime();
        shard.tick();
        lookAtStorage();
        retryUnforced();
        end();
    }

    /** Whether there is work that comes between cycles, for the resident owner. */
    boolean hasSteps() {
        return shard.hasSteps();
    }

    /** A part of that. */
    void step() {
        tellTime();
        boolean waited = shard.isClearing();
        shard.step();
        if (waited && !shard.isClearing()) {
            retryUnforced();
        }
        end();
    }

    /** Whether nothing waits for a {@link #tick}. */
    boolean isAtRest() {
        return head == null && !ran.isWaiting() && !full && shard.isAtRest();
    }

    /** True if nothing is under way, and nothing waits. */
    boolean isIdle() {
        return !isDue() && head == null && !shard.isForcing() && !shard.isClearing() && !ran.isWaiting();
    }

    Pace pace() {
        return pace;
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

    private void end() {
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

    private void lookAtStorage() {
        boolean isFull = shard.isStorageFull();
        if (isFull != full) {
            full = isFull;
            alarm.full(isFull);
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
}
