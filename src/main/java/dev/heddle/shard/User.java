package dev.heddle.shard;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One user as the shard sees it while it is resident on the heap; the shard's owner only. Constant in size but for its
 * watchers, which are counted against the limits of the sessions that watch.
 *
 * <p>Its image in the user store, {@link #IMAGE_BYTES} bytes:
 *
 * <pre>
 *   lastSeen u64 | floor u64 | certainFrom u64 | statePosition i64 |
 *   inbox: lastSeq u64 | cursor u64 | sentSeq u64 | bytes u64 | head slot i32 | tail slot i32 | count i32 |
 *          head entry u8 | tail entry u8 | recovery: online in run u8 | window steps u7 and, highest, in disorder u1 |
 *   paidUntil i64 | lastWord i64
 * </pre>
 */
final class User {
    static final int IMAGE_BYTES = 96;
    static final int LAST_SEEN_BYTES = 8;

    private static final int IN_DISORDER = 0x80;

    final byte[] name;
    final Inbox inbox;

    /** Milliseconds since 1970 of the latest login or end of a session; 0: never logged in. */
    long lastSeen;
    /** The highest message id of this user that this shard has stored. */
    long floor;
    /** Every id from here up to the floor that this shard has seen from this user, it has stored: above all turned away. */
    long certainFrom;
    /** Where in the log this user's newest USER record stands; -1: nowhere. */
    long statePosition = -1;
    /**
     * Where the newest message that it sent to this shard stands, behind its newest USER record; -1: nowhere, or a checkpoint did
     * not say.
     */
    long lastWord = -1;

    /** Its account with {@link ShardOptions#perUser}, on the monotonic clock. In the image, but in no record. */
    long paidUntil = Allowance.UNUSED;

    @Nullable
    Session session;

    @Nullable
    List<Watch> watchers;

    /** While the log is read: the steps of the {@link Window} that its session had, as far as the log has come. */
    byte windowSteps;

    /** Counts the changes of its presence while it is watched. */
    int presenceVersion;
    /** Its watchers are being told, or were less than a second ago: see {@link Notices}. */
    boolean noticed;
    /** It has changed again since that began. */
    boolean presenceChanged;

    /** When its watchers had been told, in the low bits of that time: it is looked at seconds later. */
    int noticedMillis;

    /** Recovery alone: the run, counted by {@link Rebuild}, in which it was online when it was last heard of; 0: in none. */
    byte onlineInRun;
    /** Recovery alone: its inbox has to be sorted. */
    boolean inDisorder;

    /** Changed since the store saw it. */
    boolean dirty;
    /** The store knows it. False for a name that is only watched. */
    boolean stored;
    /** What it needs no more is being removed from its inbox: see {@link Clearing}. */
    boolean clearing;
    /** Has to write a USER record at the end of this cycle. */
    boolean stateDue;
    /** Who wants it on the heap: sessions, watches, queues. See {@link Users#hold}. */
    int holds;
    /** Used since the sweep last came by. */
    boolean referenced;

    /** Its name's, and who comes behind it: {@link Residents} alone. */
    int hash;

    @Nullable
    User nextInChain;

    User(byte[] name, Backlog backlog) {
        this.name = name;
        this.inbox = new Inbox(backlog);
    }

    /** Whether nothing is known of it that would be missed: it never logged in, sent nothing, and nothing waits for it. */
    boolean isUnused() {
        return stored && session == null && lastSeen == 0 && floor == 0 && certainFrom == 0 && inbox.isEmpty();
    }

    /** Resets it to the state of a new user; its inbox is empty. */
    void forget() {
        stored = false;
        dirty = false;
        lastSeen = 0;
        floor = 0;
        certainFrom = 0;
        statePosition = -1;
        lastWord = -1;
        onlineInRun = 0;
        inDisorder = false;
        inbox.trim();
        inbox.cursor = 0;
        inbox.sentSeq = 0;
    }

    void addWatcher(Watch watch) {
        if (watchers == null) {
            watchers = new ArrayList<>(2);
        }
        watch.index = watchers.size();
        watchers.add(watch);
    }

    /** There may be very many: the last one takes the place of the one that goes. */
    void removeWatcher(Watch watch) {
        if (watchers == null) {
            return;
        }
        Watch last = watchers.removeLast();
        if (!last.equals(watch)) {
            watchers.set(watch.index, last);
            last.index = watch.index;
        }
        if (watchers.isEmpty()) {
            watchers = null;
        }
    }

    void writeImage(ByteBuffer image) {
        inbox.trim();
        image.putLong(0, lastSeen);
        image.putLong(8, floor);
        image.putLong(16, certainFrom);
        image.putLong(24, statePosition);
        image.putLong(32, inbox.lastSeq);
        image.putLong(40, inbox.cursor);
        image.putLong(48, inbox.sentSeq);
        image.putLong(56, inbox.bytes);
        image.putInt(64, inbox.headSlot);
        image.putInt(68, inbox.tailSlot);
        image.putInt(72, inbox.count);
        image.put(76, (byte) inbox.headEntry);
        image.put(77, (byte) inbox.tailEntry);
        image.put(78, onlineInRun);
        image.put(79, (byte) (windowSteps | (inDisorder ? IN_DISORDER : 0)));
        image.putLong(80, paidUntil);
        image.putLong(88, lastWord);
    }

    void readImage(ByteBuffer image) {
        lastSeen = image.getLong(0);
        floor = image.getLong(8);
        certainFrom = image.getLong(16);
        statePosition = image.getLong(24);
        inbox.lastSeq = image.getLong(32);
        inbox.cursor = image.getLong(40);
        inbox.sentSeq = image.getLong(48);
        inbox.bytes = image.getLong(56);
        inbox.headSlot = image.getInt(64);
        inbox.tailSlot = image.getInt(68);
        inbox.count = image.getInt(72);
        inbox.headEntry = image.get(76);
        inbox.tailEntry = image.get(77);
        onlineInRun = image.get(78);
        windowSteps = (byte) (image.get(79) & ~IN_DISORDER);
        inDisorder = (image.get(79) & IN_DISORDER) != 0;
        paidUntil = image.getLong(80);
        lastWord = image.getLong(88);
        inbox.rewind();
    }

    /** From the first {@link #LAST_SEEN_BYTES} of an image. */
    static long lastSeenOf(ByteBuffer image) {
        return image.getLong(0);
    }
}
