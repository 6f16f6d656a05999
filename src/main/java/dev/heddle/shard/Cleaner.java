package dev.heddle.shard;

import dev.heddle.log.Log;
import dev.heddle.log.StorageFullException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Gives log segments back; the shard's owner only, in steps of bounded size. A segment that nobody needs is dropped, wherever it
 * stands; where too much of the log is garbage, what the oldest segment still holds is appended again, and then it is dropped too.
 *
 * <p>What makes it safe: the newest state in the log of anybody, which says what was acknowledged and how far a sender's ids have
 * come, stays; and so does the message that says last that they have come further ({@link Accounts}). Who has a last word in the
 * oldest segment has its state there, too, before it: so copying the state is enough. Of segments that a checkpoint stands for no
 * last words are known: they go in order.
 */
final class Cleaner {
    /** What a tick allows at least to be gone through until the next one, bytes of log. */
    private static final int LEAST_ALLOWED_BYTES = 1024 * 1024;

    /** What may be allowed and not gone through yet. */
    private static final int MOST_ALLOWED_BYTES = 64 * 1024 * 1024;

    /** A step ends behind so many bytes, or where it has seen so many records, within one part more. */
    private static final int STEP_BYTES = 256 * 1024;

    private static final int PART_BYTES = 32 * 1024;
    private static final int STEP_RECORDS = 500;

    /** For each so many bytes that are allowed and not gone through, a step sees as many records again. */
    private static final int BEHIND_BYTES = 8 * 1024 * 1024;

    /** What a record that is too old takes along at most. */
    private static final int SHED_AT_ONCE = 2;

    /** Each makes the force that it goes with wait for the disk once more. */
    private static final int MOST_DROPS = 8;

    /** Fewer segments than this are not worth copying. */
    private static final int KEEP_SEGMENTS = 4;

    /**
     * Nor is garbage below this part of the space that the log was given: each time around, all that waits is copied, and where
     * much waits for people who do not come that must not be for the sake of a few seconds of other people's messages.
     */
    private static final int SPARE_SHARE = 16;

    private final Users users;
    private final Journal journal;
    private final Delivery delivery;
    private final Forgetting forgetting;
    /** Where the walk through the oldest segment stands; -1: not begun. */
    private long walk = -1;
    /** Bytes that the walk may go on by before the next tick: twice what is appended, so that it always gains on that. */
    private long allowed;

    private long appendedBefore;
    /** Records that the present step has seen. */
    private int seen;

    /** Segments dropped since the last tick. */
    private int drops;

    Cleaner(Users users, Journal journal, Delivery delivery, Forgetting forgetting) {
        this.users = users;
        this.journal = journal;
        this.delivery = delivery;
        this.forgetting = forgetting;
    }

    /** Drops what nobody needs, and decides whether there is something to go through. All that was appended is written. */
    void tick(IdClock clock) {
        long now = clock.ages();
        Accounts accounts = journal.accounts();
        drops = 0;
        for (int kept = 0; kept < accounts.count() - 1 && drops < MOST_DROPS; ) {
            if (accounts.isSpent(kept)) {
                drop(kept);
            } else {
                kept++;
            }
        }
        begin(now);
        allow();
        allowed = Math.max(allowed, LEAST_ALLOWED_BYTES);
    }

    private void begin(long now) {
        if (walk < 0 && journal.accounts().count() > 1 && isWorthwhile(now)) {
            walk = journal.accounts().oldest().base;
        }
    }

    private void allow() {
        long appended = journal.log().appended();
        allowed = Math.min(MOST_ALLOWED_BYTES, allowed + 2 * (appended - appendedBefore));
        appendedBefore = appended;
    }

    /** Goes on through the oldest segment, for a millisecond or so. */
    void step(IdClock clock) {
        long now = clock.ages();
        allow();
        if (!hasSteps()) {
            return;
        }
        long least = allowed - STEP_BYTES;
        // Short records are more work for as many bytes: who falls behind among them takes longer steps.
        long most = STEP_RECORDS * (1 + allowed / BEHIND_BYTES);
        seen = 0;
        try {
            while (hasSteps() && allowed > least && seen < most) {
                long from = walk;
                copySome(clock);
                allowed -= walk - from;
                if (walk == from && !dropOldest(now)) {
                    allowed = 0;
                }
            }
        } catch (StorageFullException full) {
            // Goes on when ACKs have freed whole segments, or the disk has room again.
            allowed = 0;
        }
    }

    /** The oldest has been gone through: it goes at once, so that short segments are not what the cleaner waits for. */
    private boolean dropOldest(long now) {
        boolean goes =
                drops < MOST_DROPS && journal.write() && journal.accounts().isSpent(0);
        if (goes) {
            drop(0);
            begin(now);
        }
        return goes;
    }

    /** Whether a {@link #step} would do anything. */
    boolean hasSteps() {
        return walk >= 0 && allowed > 0;
    }

    /** Whether no segment is being gone through. */
    boolean isAtRest() {
        return walk < 0;
    }

    private boolean isWorthwhile(long now) {
        Accounts accounts = journal.accounts();
        long bytes = journal.bytes();
        long garbage = bytes - accounts.neededBytes();
        boolean mostlyGarbage =
                accounts.count() > KEEP_SEGMENTS && garbage > bytes / 2 && garbage > journal.limitBytes() / SPARE_SHARE;
        boolean nearLimit = bytes > journal.limitBytes() / 10 * 8 && garbage > bytes / 8;
        Accounts.Segment oldest = accounts.oldest();
        boolean expired = oldest.liveBytes > 0 && delivery.isExpired(oldest.newestMillis, now);
        if (journal.isTight()) {
            return (expired ? 0 : oldest.liveBytes) + oldest.stateBytes <= journal.tightBytes();
        }
        return mostlyGarbage || nearLimit || expired;
    }

    private void drop(int index) {
        Accounts accounts = journal.accounts();
        long base = accounts.all().get(index).base;
        accounts.remove(index);
        drops++;
        if (index == 0) {
            walk = -1;
        }
        journal.log().drop(base, journal.isRoomy());
    }

    /** The copies have to be durable before the originals go: the log drops a segment only after the next force. */
    private void copySome(IdClock clock) throws StorageFullException {
        long now = clock.ages();
        Log log = journal.log();
        long base = journal.accounts().oldest().base;
        try {
            walk = log.scan(base, walk, PART_BYTES, (position, type, buffer, start, length) -> {
                seen++;
                switch (type) {
                    case Records.MESSAGE -> keepMessage(position, buffer, start, length, now);
                    case Records.USER -> keepUser(position, buffer, start);
                    default -> keepClock(position, buffer, start, clock);
                }
            });
        } catch (StorageFullException full) {
            throw full;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void keepMessage(long position, ByteBuffer record, int at, int length, long now)
            throws StorageFullException {
        User user = load(record, Records.recipientStart(at), Records.recipientLength(record, at));
        long seq = Records.seq(record, at);
        if (user == null || user.inbox.isEmpty() || !Seq.isAbove(seq, user.inbox.cursor)) {
            return;
        }
        if (delivery.isExpired(Records.acceptedAt(record, at), now)) {
            seen += delivery.shed(user, now, SHED_AT_ONCE);
            forgetting.ifUnused(user);
        }
        Inbox.Place place = user.inbox.find(seq);
        if (place == null || user.inbox.position(place) != position) {
            return;
        }
        user.inbox.move(place, journal.copy(record, at, length));
        journal.accounts().dead(position, length);
        user.dirty = true;
    }

    private void keepUser(long position, ByteBuffer record, int at) throws StorageFullException {
        User user = load(record, at + Records.USER_HEAD, Records.userNameLength(record, at));
        if (user != null && user.statePosition == position) {
            journal.user(user);
        }
    }

    /** In its place another run may have begun: its copy says only that one is under way, because all before it goes, too. */
    private void keepClock(long position, ByteBuffer record, int at, IdClock clock) throws StorageFullException {
        if (journal.clockPosition() == position) {
            journal.goOn(Records.clockEpoch(record, at), Records.clockReserved(record, at), clock);
        }
    }

    private @Nullable User load(ByteBuffer record, int start, int length) {
        User user = users.resident(record, start, length);
        if (user == null) {
            byte[] name = new byte[length];
            record.get(start, name);
            user = users.load(name);
        }
        return user;
    }
}
