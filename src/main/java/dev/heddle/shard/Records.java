package dev.heddle.shard;

import dev.heddle.wire.Protocol;
import dev.heddle.wire.ServerFrames;
import java.nio.ByteBuffer;

/**
 * What a shard writes to its log. Big-endian, golden bytes in the tests.
 *
 * <pre>
 *   MESSAGE 1: seq u64 | id u64 | acceptedAt u64 | certainFrom u64 | recipient length u8 | sender length u8 |
 *              recipient | sender | body (the rest)
 *   USER 2:    lastSeen u64 | floor u64 | certainFrom u64 | lastSeq u64 | cursor u64 | sentSeq u64 |
 *              flags u8 (bit 0: online; bits 1 to 4: its window has {@code 8 << bits} messages, 0: it does not say; bit 5: the
 *              user is forgotten, and all that stands before) | name length u8 | name
 *   CLOCK 3:   epoch u64 | reserved u64 | written at u64 | goes on u8 (0: a run begins here, and if the one before it crashed
 *              the epoch is new; 1: it is under way) | clock of ages u64
 * </pre>
 *
 * <p>Earlier versions left the end of a CLOCK out, its last 8 or 9 bytes, and read over it where it is.
 */
final class Records {
    static final int MESSAGE = 1;
    static final int USER = 2;
    static final int CLOCK = 3;

    static final int MESSAGE_HEAD = 34;
    static final int USER_HEAD = 50;

    /** Without what earlier versions left out. */
    static final int CLOCK_BYTES = 24;

    /** Behind that: whether it goes on, and the clock of ages. */
    static final int CLOCK_TAIL = 9;

    private static final int ONLINE = 1;
    private static final int WINDOW_SHIFT = 1;
    private static final int WINDOW_MASK = 0xf;
    private static final int FORGOTTEN = 0x20;

    private Records() {}

    static int messageBytes(int recipientLength, int senderLength, int bodyLength) {
        return MESSAGE_HEAD + recipientLength + senderLength + bodyLength;
    }

    /** Bytes of the frame, without its length, that delivers a message whose record has so many. */
    static int deliverFrame(int messageBytes, int recipientLength) {
        return ServerFrames.deliverSize(0, messageBytes - MESSAGE_HEAD - recipientLength) - Protocol.LENGTH_BYTES;
    }

    static int userBytes(User user) {
        return USER_HEAD + user.name.length;
    }

    static void putUser(ByteBuffer out, User user) {
        putUser(out, user, user.session == null ? 0 : ONLINE | (user.session.window.steps() << WINDOW_SHIFT));
    }

    /** That the user is forgotten from here on, with all its messages. */
    static void putForgotten(ByteBuffer out, User user) {
        putUser(out, user, FORGOTTEN);
    }

    private static void putUser(ByteBuffer out, User user, int flags) {
        out.putLong(user.lastSeen);
        out.putLong(user.floor);
        out.putLong(user.certainFrom);
        out.putLong(user.inbox.lastSeq);
        out.putLong(user.inbox.cursor);
        out.putLong(user.inbox.sentSeq);
        out.put((byte) flags);
        out.put((byte) user.name.length);
        out.put(user.name);
    }

    /** Takes a USER record's fields over; last seq and cursor never go back. */
    static void readUser(ByteBuffer in, int at, User user) {
        user.lastSeen = in.getLong(at);
        user.floor = in.getLong(at + 8);
        user.certainFrom = in.getLong(at + 16);
        user.inbox.lastSeq = Seq.later(user.inbox.lastSeq, in.getLong(at + 24));
        user.inbox.cursor = Seq.later(user.inbox.cursor, in.getLong(at + 32));
        // The run that wrote this knew better than a recovery which has not come yet to what was copied behind.
        user.inbox.sentSeq = in.getLong(at + 40);
    }

    static boolean userOnline(ByteBuffer in, int at) {
        return (in.get(at + 48) & ONLINE) != 0;
    }

    /** Of the session of a user who was online, the steps of its {@link Window}. */
    static int userWindow(ByteBuffer in, int at) {
        return (in.get(at + 48) >>> WINDOW_SHIFT) & WINDOW_MASK;
    }

    static boolean userForgotten(ByteBuffer in, int at) {
        return (in.get(at + 48) & FORGOTTEN) != 0;
    }

    static long userLastSeen(ByteBuffer in, int at) {
        return in.getLong(at);
    }

    static int userNameLength(ByteBuffer in, int at) {
        return in.get(at + USER_HEAD - 1) & 0xff;
    }

    /** Whether it says that the run was under way. */
    static boolean clockGoesOn(ByteBuffer in, int at, int length) {
        return length > CLOCK_BYTES && in.get(at + CLOCK_BYTES) == 1;
    }

    /** The clock of ages; -1: it does not say. */
    static long clockAges(ByteBuffer in, int at, int length) {
        return length >= CLOCK_BYTES + CLOCK_TAIL ? in.getLong(at + CLOCK_BYTES + 1) : -1;
    }

    static void putClock(ByteBuffer out, long epoch, long reserved, long writtenAt) {
        out.putLong(epoch);
        out.putLong(reserved);
        out.putLong(writtenAt);
    }

    static long clockEpoch(ByteBuffer in, int at) {
        return in.getLong(at);
    }

    static long clockReserved(ByteBuffer in, int at) {
        return in.getLong(at + 8);
    }

    static long clockWritten(ByteBuffer in, int at) {
        return in.getLong(at + 16);
    }

    static long seq(ByteBuffer in, int at) {
        return in.getLong(at);
    }

    static long id(ByteBuffer in, int at) {
        return in.getLong(at + 8);
    }

    static long acceptedAt(ByteBuffer in, int at) {
        return in.getLong(at + 16);
    }

    static long certainFrom(ByteBuffer in, int at) {
        return in.getLong(at + 24);
    }

    static int recipientLength(ByteBuffer in, int at) {
        return in.get(at + 32) & 0xff;
    }

    static int senderLength(ByteBuffer in, int at) {
        return in.get(at + 33) & 0xff;
    }

    static int recipientStart(int at) {
        return at + MESSAGE_HEAD;
    }

    static int senderStart(ByteBuffer in, int at) {
        return at + MESSAGE_HEAD + recipientLength(in, at);
    }

    static int bodyLength(ByteBuffer in, int at, int payloadLength) {
        return payloadLength - MESSAGE_HEAD - recipientLength(in, at) - senderLength(in, at);
    }
}
