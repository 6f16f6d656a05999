package dev.heddle.shard;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.log.Ballast;
import dev.heddle.log.Checkpoint;
import dev.heddle.log.CheckpointWriter;
import dev.heddle.log.Checkpoints;
import dev.heddle.log.Disk;
import dev.heddle.log.ForceRequest;
import dev.heddle.log.Log;
import dev.heddle.log.LogOptions;
import dev.heddle.log.RecordVisitor;
import dev.heddle.log.StorageFullException;
import dev.heddle.presence.UserStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A shard on its folder: opened from a checkpoint or by recovery, and put to rest with a checkpoint. The thread that starts and
 * stops the server only.
 *
 * <p>Opening reads. What is in the folder changes when a run {@link #begin begins}: so a start that comes to nothing in between
 * uses up no ids and no seqs, and leaves a clean folder clean.
 *
 * <p>A checkpoint is a picture of the shard's memory at the end of its log. It is deleted before the log goes on, so that one
 * which is there is whole, or what was appended behind it is replayed on top.
 *
 * <pre>
 *   records of a checkpoint:
 *   SEGMENT 4:  base u64 | newest message ms u64
 *   CLOCK 3:    epoch u64 | up to where ids were given away u64 | written at u64 | position of its CLOCK record i64 |
 *               clock of ages u64, which earlier versions left out and read over. If anybody was forgotten in the run, the epoch
 *               is the next one: so seqs of names that come again begin above all that was ever given to them
 *   USER 5:     position of its USER record i64 | as in the log
 *   WAITING 6:  of the user before it: entries of seq u64 | position u64 | length u32
 * </pre>
 *
 * <p>A copy of the folder is recovered like a folder after a crash. A file in it says that it is one until it has been opened
 * for the first time, because its original may have given away seqs and ids that its log does not know of.
 */
public final class ShardFolder implements AutoCloseable {
    /** Unused users that one start forgets at most. */
    private static final long MOST_FORGOTTEN = 100_000;

    static final int SEGMENT = 4;
    static final int USER = 5;
    static final int WAITING = 6;

    private static final String CHECKPOINT = "shard";
    private static final String COPIED = "copied";
    static final int ENTRY_BYTES = 20;
    /** Of a CLOCK of earlier versions. */
    static final int CLOCK_BYTES = Records.CLOCK_BYTES + 8;

    /** Entries of one record: no more than the smallest payload limit takes. */
    private static final int ENTRIES = 64;

    private final Disk disk;
    private final Ballast ballast;
    private final Checkpoints checkpoints;
    private final Users users;
    private final Accounts accounts = new Accounts();
    private final Log log;
    private final Journal journal;
    private final Shard shard;
    private final Opened opened;
    private final Forgetting forgetting;
    private final boolean copied;
    private final boolean hasUnused;
    private final long waitingBefore;

    /**
     * How the folder was found.
     *
     * @param clean from a checkpoint, with nothing behind it
     * @param records read from checkpoint and log
     * @param note what to tell people, or null
     */
    public record Opened(
            boolean clean,
            long records,
            long users,
            @Nullable String note) {}

    private ShardFolder(
            Disk disk,
            LogOptions logOptions,
            ShardOptions options,
            UserStore store,
            SlotMemory memory,
            int hashSeed,
            long wallMillis)
            throws IOException {
        this.ballast = new Ballast(disk, logOptions);
        this.checkpoints = new Checkpoints(disk, logOptions);
        checkpoints.deleteUnfinished(CHECKPOINT);
        this.users = new Users(store, new Backlog(memory), options.residentUsers(), hashSeed);
        Rebuild rebuild = new Rebuild(users, accounts);
        Checkpoint checkpoint = checkpoints.read(CHECKPOINT, rebuild::checkpoint);
        long from = checkpoint instanceof Checkpoint.Complete complete ? complete.logEnd() : 0;
        long before = rebuild.records();
        this.log = Log.open(disk, logOptions, from, rebuild);
        try {
            boolean clean = checkpoint instanceof Checkpoint.Complete && rebuild.records() == before;
            rebuild.finish(wallMillis);
            rebuild.checkFrames(options.frameLimit());
            this.waitingBefore = accounts.messages();
            boolean empty = rebuild.records() == 0;
            this.disk = disk;
            this.copied = disk.list().contains(COPIED);
            Beginning beginning = copied
                    ? Beginning.ofCopy(rebuild.epoch(), rebuild.reserved(), wallMillis)
                    : Beginning.after(rebuild.epoch(), rebuild.reserved(), clean || empty);
            Limits limits = new Limits(options);
            this.journal = new Journal(log, ballast, accounts, limits, rebuild.clockPosition());
            IdClock clock = new IdClock(wallMillis, beginning.reservedMillis(), empty ? wallMillis : rebuild.ages());
            this.forgetting = new Forgetting(users, journal);
            this.hasUnused = rebuild.hasUnused();
            this.shard = new Shard(limits, users, journal, forgetting, clock, beginning.epoch());
            String note = checkpoint instanceof Checkpoint.Damaged damaged
                    ? "checkpoint " + damaged.file() + " is of no use (" + damaged.reason()
                            + "), the log was read instead"
                    : null;
            this.opened = new Opened(clean || empty, rebuild.records(), users.size(), note);
        } catch (IOException | RuntimeException failure) {
            log.close();
            throw failure;
        }
    }

    /**
     * Opens the shard of a folder, an empty one if there is none; what it holds changes at {@link #begin}.
     *
     * @param hashSeed any number that clients do not know
     * @param wallMillis since 1970
     * @throws IOException if the folder cannot be read or written, is damaged, or its seqs or ids are used up; nothing is served
     *     from it then
     */
    public static ShardFolder open(
            Disk disk,
            LogOptions logOptions,
            ShardOptions options,
            UserStore store,
            SlotMemory memory,
            int hashSeed,
            long wallMillis)
            throws IOException {
        return new ShardFolder(disk, logOptions, options, store, memory, hashSeed, wallMillis);
    }

    /** Says of a folder that it is a copy; once its log is whole. */
    public static void markCopied(Disk disk) throws IOException {
        disk.open(COPIED).close();
        disk.force();
    }

    /**
     * Begins a run: makes the epoch, and the first stretch of the clock, durable before anybody can see a seq or an id of it.
     * Once, before the shard is used.
     *
     * @throws IOException if there is no room, or the disk fails
     */
    public void begin() throws IOException {
        checkpoints.delete(CHECKPOINT);
        ballast.giveUpAll();
        IdClock clock = shard.clock();
        long reserve = clock.reserveTo();
        try {
            journal.begin(shard.epoch(), reserve, clock);
            log.write();
        } catch (StorageFullException full) {
            throw new IOException(full.getMessage() + ": the disk is full, not even a start fits", full);
        }
        ForceRequest force = log.beginForce();
        force.run();
        log.forced(force);
        clock.reserved(reserve);
        if (copied) {
            disk.delete(COPIED);
        }
        boolean _ = ballast.take();
        if (hasUnused) {
            forgetUnused();
        }
    }

    /** So many a start: each takes a record. */
    private void forgetUnused() throws IOException {
        long least = users.size() - MOST_FORGOTTEN;
        users.change(user -> {
            if (users.size() > least) {
                forgetting.ifUnusedAmongAll(user);
            }
        });
    }

    public Shard shard() {
        return shard;
    }

    public Opened opened() {
        return opened;
    }

    /**
     * Counts what there is, when nothing else is done with the shard.
     *
     * @param inboxes how many of the largest to name
     */
    public Census census(int inboxes) throws IOException {
        return Census.of(users, accounts, Census.sizes(journal), inboxes);
    }

    /**
     * Writes the checkpoint of a shard that does nothing any more, after all that it has appended is durable, and reads it
     * back. A checkpoint that does not account for every message is of no use, and is deleted: the log knows better.
     *
     * @return what became of the messages of this run; if it does not balance, the next start recovers
     * @throws IOException if there is no room; then the next start recovers
     */
    @CheckReturnValue
    public Ledger checkpoint() throws IOException {
        ballast.giveUpAll();
        shard.drain();
        log.write();
        ForceRequest force = log.beginWatermarkForce();
        force.run();
        log.forced(force);
        boolean _ = log.giveUpSpares();
        try (CheckpointWriter writer = checkpoints.begin(CHECKPOINT, log.forced())) {
            for (Accounts.Segment segment : accounts.all()) {
                writer.claim(16).putLong(segment.base).putLong(segment.newestMillis);
                writer.commit(SEGMENT);
            }
            putClock(writer, shard);
            users.forEach(user -> putUser(writer, user));
            writer.complete();
        }
        Ledger ledger = shard.ledger(waitingBefore, checkpointed());
        if (!ledger.balances()) {
            checkpoints.delete(CHECKPOINT);
        }
        ballast.reserveStart();
        return ledger;
    }

    /** Messages in the checkpoint that is on the disk. */
    private long checkpointed() throws IOException {
        Entries entries = new Entries();
        if (checkpoints.read(CHECKPOINT, entries) instanceof Checkpoint.Damaged damaged) {
            throw new IOException("the checkpoint cannot be read back: " + damaged.reason());
        }
        return entries.count;
    }

    private static final class Entries implements RecordVisitor {
        long count;

        @Override
        public void record(long position, int type, ByteBuffer buffer, int start, int length) {
            if (type == WAITING) {
                count += length / ENTRY_BYTES;
            }
        }
    }

    private void putClock(CheckpointWriter writer, Shard from) throws IOException {
        ByteBuffer out = writer.claim(CLOCK_BYTES + 8);
        long next = users.forgottenSeq() == 0 ? from.epoch() : from.epoch() + 1;
        // What was reserved and not given away is free again.
        Records.putClock(out, next, from.clock().now(), from.clock().wall());
        out.putLong(journal.clockPosition()).putLong(from.clock().ages());
        writer.commit(Records.CLOCK);
    }

    private static void putUser(CheckpointWriter writer, User user) throws IOException {
        ByteBuffer out = writer.claim(8 + Records.userBytes(user));
        out.putLong(user.statePosition);
        Records.putUser(out, user);
        writer.commit(USER);
        Inbox inbox = user.inbox;
        int left = inbox.count;
        Inbox.Walk walk = inbox.walk();
        while (left > 0) {
            int some = Math.min(left, ENTRIES);
            ByteBuffer entries = writer.claim(some * ENTRY_BYTES);
            for (int i = 0; i < some; i++) {
                walk.next();
                entries.putLong(walk.seq()).putLong(walk.position()).putInt(walk.length());
            }
            writer.commit(WAITING);
            left -= some;
        }
    }

    /** Closes the log; without {@link #checkpoint} the next start recovers. */
    @Override
    public void close() throws IOException {
        log.close();
    }
}
