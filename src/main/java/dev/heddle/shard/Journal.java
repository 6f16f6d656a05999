package dev.heddle.shard;

import dev.heddle.log.Ballast;
import dev.heddle.log.ForceRequest;
import dev.heddle.log.Log;
import dev.heddle.log.StorageFullException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * The shard's side of its log: appends its records, knows how full storage is, and what of each segment is still needed; the
 * shard's owner only. Bounded by the log's own buffers and the number of segments.
 */
final class Journal {
    /** SENDs come back when the log has shrunk to this share of its limit, so that fullness does not flicker. */
    private static final double RESUME_SHARE = 0.95;

    /** After so long it is tried again whether a disk that was full has room. */
    private static final int RETRY_MILLIS = 1000;

    /** Written together: so much is still near the processor, and so is the memory that is appended to next. */
    private static final int MUCH_BYTES = 128 * 1024;

    private final Log log;
    private final Ballast ballast;
    private final Accounts accounts;
    private final Limits limits;

    private long clockPosition;
    private long messageEnd;
    private boolean urgent;
    private boolean full;
    private boolean blocked;
    private long retryMillis;

    /** @param clockPosition of the newest CLOCK record, or -1 */
    Journal(Log log, Ballast ballast, Accounts accounts, Limits limits, long clockPosition) {
        this.log = log;
        this.ballast = ballast;
        this.accounts = accounts;
        this.limits = limits;
        this.clockPosition = clockPosition;
        this.messageEnd = log.appended();
    }

    /** True while SENDs have to be turned away: the log is at its limit, or the disk took no more. */
    boolean isFull() {
        long bytes = log.bytes();
        long limitBytes = limits.now().logBytes();
        full = bytes >= (full ? (long) (limitBytes * RESUME_SHARE) : limitBytes);
        return full || isTight();
    }

    /** True while the disk has no room: what is left of it is for clearing up. */
    boolean isTight() {
        return blocked || !ballast.isHeld();
    }

    /** Whether there is so much room that some of it can be kept for segments to come. */
    boolean isRoomy() {
        return !isTight() && log.bytes() <= limitBytes() / 2;
    }

    /** How much may be copied on a full disk, to free what is larger; 0 until what was freed last is free. */
    long tightBytes() {
        return log.droppedBytes() > 0 ? 0 : ballast.copyBytes();
    }

    /** Sees now and then whether the disk has room again, and that enough of it is held for all states. */
    void retry(long elapsedMillis) {
        if (elapsedMillis >= retryMillis) {
            retryMillis = elapsedMillis + RETRY_MILLIS;
            ballast.want(accounts.stateBytes());
            try {
                if (!ballast.take() && log.giveUpSpares()) {
                    boolean _ = ballast.take();
                }
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    /** Appends a message as Records draws it; returns its position. */
    long message(
            User recipient,
            User sender,
            long seq,
            long id,
            long acceptedAt,
            ByteBuffer source,
            int bodyStart,
            int bodyLength)
            throws StorageFullException {
        keepState(recipient);
        keepState(sender);
        int length = Records.messageBytes(recipient.name.length, sender.name.length, bodyLength);
        ByteBuffer out = claim(length);
        out.putLong(seq).putLong(id).putLong(acceptedAt).putLong(sender.certainFrom);
        out.put((byte) recipient.name.length).put((byte) sender.name.length);
        out.put(recipient.name).put(sender.name);
        out.put(out.position(), source, bodyStart, bodyLength);
        out.position(out.position() + bodyLength);
        long position = commitMessage(length, acceptedAt);
        assert sender.statePosition >= 0 && sender.statePosition < position : "a message before its sender's state";
        accounts.lastWord(sender.lastWord);
        sender.lastWord = position;
        return position;
    }

    /** Appends a message's whole payload again, from where it is about to be dropped. */
    long copy(ByteBuffer source, int start, int length) throws StorageFullException {
        ByteBuffer out = claim(length);
        out.put(out.position(), source, start, length);
        out.position(out.position() + length);
        return commitMessage(length, Records.acceptedAt(source, start));
    }

    private long commitMessage(int length, long acceptedAt) {
        long position = log.commit(Records.MESSAGE);
        accounts.active(log.activeBase());
        accounts.live(position, length);
        accounts.newest(acceptedAt);
        messageEnd = log.appended();
        urgent = true;
        return position;
    }

    /** Appends the user's state as it is now. */
    void user(User user) throws StorageFullException {
        ByteBuffer out = claim(Records.userBytes(user));
        Records.putUser(out, user);
        long position = log.commit(Records.USER);
        accounts.active(log.activeBase());
        accounts.state(user.statePosition, position, Records.userBytes(user));
        accounts.covered(user.lastWord);
        user.statePosition = position;
        user.lastWord = -1;
        user.dirty = true;
    }

    /** Appends that the user, as it is now, is forgotten; returns where that stands. */
    long forgotten(User user) throws StorageFullException {
        int length = Records.userBytes(user);
        Records.putForgotten(claim(length), user);
        long position = log.commit(Records.USER);
        accounts.active(log.activeBase());
        accounts.forgotten(user.statePosition, position, length);
        accounts.covered(user.lastWord);
        return position;
    }

    /** A run begins, with so much of the clock. */
    void begin(long epoch, long reserved, IdClock now) throws StorageFullException {
        clock(epoch, reserved, now, false);
        accounts.begins(clockPosition);
    }

    /** The run that is under way has so much of the clock. */
    void goOn(long epoch, long reserved, IdClock now) throws StorageFullException {
        clock(epoch, reserved, now, true);
    }

    private void clock(long epoch, long reserved, IdClock now, boolean goesOn) throws StorageFullException {
        ByteBuffer out = claim(Records.CLOCK_BYTES + Records.CLOCK_TAIL);
        Records.putClock(out, epoch, reserved, now.wall());
        out.put((byte) (goesOn ? 1 : 0)).putLong(now.ages());
        long position = log.commit(Records.CLOCK);
        accounts.active(log.activeBase());
        accounts.state(clockPosition, position, Records.CLOCK_BYTES);
        clockPosition = position;
        urgent = true;
    }

    /** So old segments become free of states by themselves, while others follow. */
    private void keepState(User user) throws StorageFullException {
        if (user.statePosition < 0 || accounts.isStale(user.statePosition)) {
            user(user);
        }
    }

    private ByteBuffer claim(int length) throws StorageFullException {
        if (!log.hasRoom(length)) {
            // The write clears the flag, but the record that a caller waits for may not be appended yet.
            boolean hurried = urgent;
            if (!write()) {
                throw new StorageFullException("the disk is full");
            }
            urgent = hurried;
        }
        return log.claim(length);
    }

    long clockPosition() {
        return clockPosition;
    }

    /** Something was appended that others wait for; a USER record alone can wait for the next write. */
    boolean isUrgent() {
        return urgent;
    }

    /** Whether what is urgent, with all before it, is so much that it is to be written before there is more. */
    boolean hasMuchToWrite() {
        return urgent && !blocked && log.appended() - log.written() >= MUCH_BYTES;
    }

    /** Whether all that was appended is forced, the watermark, too, and there is room for more. */
    boolean isAtRest() {
        return log.appended() == log.written() && !needsQuietForce() && !isFull();
    }

    /** Hands everything appended to the operating system; false if the disk has no room: it stays, to be tried again. */
    boolean write() {
        try {
            log.write();
            urgent = false;
            blocked = false;
            return true;
        } catch (StorageFullException noRoom) {
            if (giveUpSpace()) {
                return write();
            }
            blocked = true;
            return false;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Gives back disk space that is kept for segments to come; false if there is none. */
    boolean giveUpSpares() {
        try {
            return log.giveUpSpares();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** False if none is held. */
    private boolean giveUpSpace() {
        if (giveUpSpares()) {
            return true;
        }
        try {
            boolean held = ballast.isHeld();
            if (held) {
                ballast.giveUp();
            }
            return held;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** True if every message appended so far has been handed to the operating system. */
    boolean isOnDisk() {
        return log.written() >= messageEnd;
    }

    /** True if the record that begins at this position has been handed to the operating system. */
    boolean isOnDisk(long position) {
        return log.written() > position;
    }

    /** True if the record that begins at this position is durable. */
    boolean isForced(long position) {
        return log.forced() > position;
    }

    /** Somebody waits for what was appended, or is about to be in this cycle, though it is a USER record alone. */
    void hurry() {
        urgent = true;
    }

    /** The same for a user's newest state, unless it is written or the disk takes none. */
    void hurryState(User user) {
        urgent |= !isTight() && (user.stateDue || !isOnDisk(user.statePosition));
    }

    /** True if every message appended so far is durable. */
    boolean isForced() {
        return log.forced() >= messageEnd;
    }

    /** All that is written; and once the log is quiet, the mark of how far it was forced, too. */
    ForceRequest beginForce(boolean quiet) {
        return quiet ? log.beginWatermarkForce() : log.beginForce();
    }

    void forced(ForceRequest done) {
        log.forced(done);
    }

    /** A force would have something to do that nobody waits for: drops, states, the watermark. */
    boolean needsQuietForce() {
        return log.needsForce() || log.needsWatermarkForce();
    }

    ByteBuffer read(long position, int length) {
        try {
            return log.read(position, length);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    Log log() {
        return log;
    }

    Accounts accounts() {
        return accounts;
    }

    long bytes() {
        return log.bytes();
    }

    long limitBytes() {
        return limits.now().logBytes();
    }
}
