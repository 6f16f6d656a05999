package dev.heddle.shard;

import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.PresenceState;
import dev.heddle.wire.RejectCode;
import java.nio.ByteBuffer;

/**
 * The effects of a shard on one connection: the frames it is to be sent, in order. Called by the shard's owner only.
 *
 * <p>What is said here is staged, not sent, until the shard ends its cycle (the log has been written by then) and calls
 * {@link #release()}. Implementations copy what they are given before they return.
 */
public interface Client {
    /** The session is open. */
    void welcome(Session session, long number, int backlog, long serverTimeMillis);

    /**
     * More SENDs of this connection to this shard are stored for good, and the latest one's id is this.
     *
     * @param count how many more
     */
    void accepted(long id, int count);

    /** One SEND is not stored, and never is under this answer. */
    void rejected(long id, RejectCode code, String reason);

    /**
     * True if a DELIVER or SIGNALLED frame of this many bytes fits this client's allowance now. Everything else is not asked
     * for: a connection whose answers pile up is not read from ({@link #isCongested()}).
     */
    boolean hasRoom(int frameBytes);

    /** True if this client has answers waiting that it does not read: handle nothing more of what it sent for now. */
    boolean isCongested();

    /** True if {@link #hasRoom} said no although nothing waits for the client, so that nobody will say when there is room. */
    default boolean isShortOfMemory() {
        return false;
    }

    /**
     * Messages that this client may leave unacknowledged, from its login on and for good; 0: its window begins small and grows
     * with its ACKs, as the protocol says.
     */
    default int unacknowledged() {
        return 0;
    }

    /**
     * Messages acknowledged out of order: they count as unacknowledged until every earlier one is acknowledged. Only where
     * {@link #unacknowledged} is not 0; an ACK that changes nothing else says that this has changed.
     */
    default int acknowledgedAhead() {
        return 0;
    }

    /** Bytes that were said to it and that its socket did not take yet, about. */
    default int queuedBytes() {
        return 0;
    }

    /** A message that was just stored. */
    void deliver(
            long seq,
            long id,
            long acceptedAt,
            int flags,
            byte[] sender,
            ByteBuffer source,
            int bodyStart,
            int bodyLength);

    /** A message from the log: sender and body lie one after the other in {@code source}, from {@code senderStart} on. */
    void deliver(
            long seq,
            long id,
            long acceptedAt,
            int flags,
            ByteBuffer source,
            int senderStart,
            int senderLength,
            int bodyLength);

    void presence(int tag, PresenceState state, long lastSeenMillis, byte[] user);

    void signalled(byte[] sender, ByteBuffer source, int bodyStart, int bodyLength);

    void pong(long opaque);

    /** The connection ends after this. Nothing is said to it any more. */
    void goodbye(GoodbyeCode code, int retryAfterMillis, String reason);

    /** What was staged since the last release may go out now. */
    void release();
}
