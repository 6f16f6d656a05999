package dev.heddle.shard;

import dev.heddle.log.ForceRequest;
import dev.heddle.log.StorageFullException;
import org.jspecify.annotations.Nullable;

/**
 * When what the shard has stored is safe, and who is told then; the shard's owner only. Bounded by its {@link Receipts}: at
 * most one force runs at a time, and whatever comes meanwhile waits for the next.
 *
 * <pre>
 *   idle --settle: somebody waits--> wanted --takeForce--> running --forced--> idle, and ACCEPTED is said
 * </pre>
 */
final class Durability {
    /** This long after the last force, what nobody waits for is forced too. */
    private static final long QUIET_MILLIS = 1000;

    /** So often the log says what time it is. */
    private static final long NOTE_MILLIS = 60_000;

    /** A wall that goes back less than this is being adjusted. */
    private static final long WALL_STEP_MILLIS = 1000;

    private final boolean syncAlways;
    private final Journal journal;
    private final IdClock clock;
    private final long epoch;
    private final Stage stage;
    private final Receipts receipts = new Receipts();

    private @Nullable ForceRequest wanted;
    private boolean forcing;
    private boolean asked;
    /** Up to where the clock is reserved once the record of that is forced; 0: there is none. */
    private long clockWritten;

    /** The same of the force that runs. */
    private long clockForcing;

    private long forcedMillis;
    private boolean noting;
    private long notedMillis;
    private long notedWall;

    /** @param epoch of this run, which every record of the clock repeats */
    Durability(boolean syncAlways, Journal journal, IdClock clock, long epoch, Stage stage) {
        this.syncAlways = syncAlways;
        this.journal = journal;
        this.clock = clock;
        this.epoch = epoch;
        this.stage = stage;
    }

    /** The session's SEND with this id is stored, its latest: it is to be told when that is safe. */
    void owe(Session session, long id) {
        receipts.owe(session, id);
    }

    /** Whether every message that this user has sent here so far is where ACCEPTED says that it is. */
    boolean isSafe(User sender) {
        // Its newest message, or a state that was written behind that.
        return isSafe(Math.max(sender.lastWord, sender.statePosition));
    }

    /** Whether the record that begins at this position is where ACCEPTED says that messages are; so is none, at -1. */
    boolean isSafe(long position) {
        return syncAlways ? journal.isForced(position) : journal.isOnDisk(position);
    }

    /** Whether every message of anybody is. */
    private boolean isReached() {
        return syncAlways ? journal.isForced() : journal.isOnDisk();
    }

    /** Asks for a force that covers all that is appended by the end of this cycle: a caller waits for it. */
    void ask() {
        asked = true;
        journal.hurry();
    }

    /** Whether a user's newest state is where ACCEPTED says that messages are. A full disk takes none, and none is waited for. */
    boolean isStateSafe(User user) {
        if (journal.isTight()) {
            return true;
        }
        return !user.stateDue && isSafe(user.statePosition);
    }

    /** At the end of a cycle that was written: says ACCEPTED where nothing has to be waited for, or wants a force. */
    void settle() {
        if (forcing) {
            return;
        }
        if (receipts.isWaiting() && isReached()) {
            receipts.begin();
            receipts.complete(stage);
        } else if (receipts.isWaiting() || clockWritten > 0 || asked) {
            receipts.begin();
            force(false);
        }
    }

    /**
     * Appends a new reserve of the clock when the last one is half used up. And while somebody is here, says in the log once a
     * minute what time it is: a crash ends all sessions, and that is about when.
     */
    void keepClock(boolean anybodyHere) {
        boolean reserves = clock.needsReserve() && clockWritten == 0 && clockForcing == 0;
        if (!anybodyHere || !noting) {
            noting = anybodyHere;
            noted();
        }
        if (!reserves && !isNoteDue()) {
            return;
        }
        try {
            long reserve =
                    reserves ? clock.reserveTo() : Math.max(clock.reserved(), Math.max(clockWritten, clockForcing));
            journal.goOn(epoch, reserve, clock);
            clockWritten = reserves ? reserve : clockWritten;
            noted();
        } catch (StorageFullException full) {
            // Tried again at the next tick, half a reserve ahead of need.
        }
    }

    /** Also where the wall was set back: what bears an earlier time than the last record is later all the same. */
    private boolean isNoteDue() {
        return clock.elapsed() - notedMillis >= NOTE_MILLIS || clock.wall() < notedWall - WALL_STEP_MILLIS;
    }

    private void noted() {
        notedMillis = clock.elapsed();
        notedWall = clock.wall();
    }

    /** Forces what nobody waits for, once it has been quiet for a while. */
    void keepQuiet() {
        boolean quiet = clock.elapsed() - forcedMillis >= QUIET_MILLIS;
        if (quiet && !forcing && !receipts.isWaiting() && journal.needsQuietForce() && journal.write()) {
            force(true);
        }
    }

    /** Whether nobody waits for a force, and none is under way. */
    boolean isAtRest() {
        return !forcing && !asked && clockWritten == 0 && !receipts.isWaiting();
    }

    private void force(boolean quiet) {
        wanted = journal.beginForce(quiet);
        forcing = true;
        forcedMillis = clock.elapsed();
        asked = false;
        clockForcing = clockWritten;
        clockWritten = 0;
    }

    /** The force that is wanted since the last call, or null. */
    @Nullable
    ForceRequest take() {
        ForceRequest force = wanted;
        wanted = null;
        return force;
    }

    /** It has succeeded. */
    void forced(ForceRequest done) {
        journal.forced(done);
        forcing = false;
        clock.reserved(clockForcing);
        clockForcing = 0;
        receipts.complete(stage);
    }

    /** At the end of a run, when everything has been forced: says ACCEPTED of what no force was wanted for any more. */
    void rest() {
        receipts.begin();
        receipts.complete(stage);
    }

    /** Messages that ACCEPTED has been said of, or would have been had its sender stayed. */
    long accepted() {
        return receipts.accepted();
    }

    /** True from the wish for a force until it has succeeded. */
    boolean isForcing() {
        return forcing;
    }
}
