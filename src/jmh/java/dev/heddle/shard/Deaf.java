package dev.heddle.shard;

import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.PresenceState;
import dev.heddle.wire.RejectCode;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A client with room for everything that only counts; the benchmark's thread only. */
final class Deaf implements Client {
    private @Nullable Session session;
    long said;
    long lastSeq;

    Session session() {
        Session opened = session;
        if (opened == null) {
            throw new IllegalStateException("not logged in");
        }
        return opened;
    }

    @Override
    public void welcome(Session opened, long number, int backlog, long serverTimeMillis) {
        session = opened;
    }

    @Override
    public void accepted(long id, int count) {
        said++;
    }

    @Override
    public void rejected(long id, RejectCode code, String reason) {
        throw new IllegalStateException(code + " " + reason);
    }

    @Override
    public boolean hasRoom(int frameBytes) {
        return true;
    }

    @Override
    public boolean isCongested() {
        return false;
    }

    @Override
    public void deliver(
            long seq,
            long id,
            long acceptedAt,
            int flags,
            byte[] sender,
            ByteBuffer source,
            int bodyStart,
            int bodyLength) {
        lastSeq = seq;
    }

    @Override
    public void deliver(
            long seq,
            long id,
            long acceptedAt,
            int flags,
            ByteBuffer source,
            int senderStart,
            int senderLength,
            int bodyLength) {
        lastSeq = seq;
    }

    @Override
    public void presence(int tag, PresenceState state, long lastSeenMillis, byte[] user) {
        said++;
    }

    @Override
    public void signalled(byte[] sender, ByteBuffer source, int bodyStart, int bodyLength) {
        said++;
    }

    @Override
    public void pong(long opaque) {
        said++;
    }

    @Override
    public void goodbye(GoodbyeCode code, int retryAfterMillis, String reason) {
        throw new IllegalStateException(code + " " + reason);
    }

    @Override
    public void release() {
        said++;
    }
}
