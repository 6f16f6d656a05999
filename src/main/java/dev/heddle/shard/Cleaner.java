package dev.heddle.shard;

import dev.heddle.log.Log;
import dev.heddle.log.StorageFullException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
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
    private static final int LEAST_STEP_BYTES = 1024 * 1024;
    private static final int MOST_STEP_BYTES = 8 * 1024 * 1024;

    /** Each makes the force that it goes with wait for the disk once more. */
    private static final int MOST_DROPS = 8;

    /** Hints that are kept at most, and only of inboxes that are long to search. */
    private static final int HINTS = 1024;

    private static final int LONG_INBOX = 64;

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

    private int stepBytes = LEAST_STEP_BYTES;
    private long steppedAt;
    /** The entry that was last found in each inbox, so that the next search goes on from there. */
    private final Map<User, Inbox.Place> hints = new HashMap<>();

    Cleaner(Users users, Journal journal, Delivery delivery, Forgetting forgetting) {
        this.users = users;
        this.journal = journal;
        this.delivery = delivery;
        this.forgetting = forgetting;
    }

    /** All that was appended is written when this is called. A step goes through twice what was appended since the last. */
    void step(IdClock clock) {
        long now = clock.ages();
        long appended = journal.log().appended();
        stepBytes = Math.clamp(2 * (appended - steppedAt), LEAST_STEP_BYTES, MOST_STEP_BYTES);
        steppedAt = appended;
        Accounts accounts = journal.accounts();
        int kept = 0;
        for (int drops = 0; kept < accounts.count() - 1 && drops < MOST_DROPS; ) {
            if (accounts.isSpent(kept)) {
                drop(kept);
                drops++;
            } else {
                kept++;
            }
        }
        if (accounts.count() > 1 && (walk >= 0 || isWorthwhile(now))) {
            try {
                copySome(clock);
            } catch (StorageFullException full) {
                // Goes on when ACKs have freed whole segments, or the disk has room again.
            }
        }
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
        if (index == 0) {
            walk = -1;
            forgetHints();
        }
        journal.log().drop(base, journal.isRoomy());
    }

    /** The copies have to be durable before the originals go: the log drops a segment only after the next force. */
    private void copySome(IdClock clock) throws StorageFullException {
        long now = clock.ages();
        Log log = journal.log();
        long base = journal.accounts().oldest().base;
        try {
            walk = log.scan(base, walk < 0 ? base : walk, stepBytes, (position, type, buffer, start, length) -> {
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
            delivery.expire(user, now);
            forgetting.ifUnused(user);
        }
        Inbox.Place place = find(user, seq);
        if (place == null || user.inbox.position(place) != position) {
            return;
        }
        user.inbox.move(place, journal.copy(record, at, length));
        journal.accounts().dead(position, length);
        user.dirty = true;
    }

    private Inbox.@Nullable Place find(User user, long seq) {
        Inbox.Place from = hints.get(user);
        Inbox.Place found = user.inbox.find(seq, from);
        if (found != null && (from != null || (user.inbox.count > LONG_INBOX && hints.size() < HINTS))) {
            if (from == null) {
                users.hold(user);
            }
            hints.put(user, found);
        }
        return found;
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

    private void forgetHints() {
        hints.keySet().forEach(users::release);
        hints.clear();
    }
}
