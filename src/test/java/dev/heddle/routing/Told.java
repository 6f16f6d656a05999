package dev.heddle.routing;

import dev.heddle.shard.Client;
import dev.heddle.shard.Session;
import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.FrameCursor;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.PresenceState;
import dev.heddle.wire.RejectCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A client that knows what it was told last; filled by the shard's owner, read by any thread. */
final class Told implements Client {
    private volatile @Nullable Session session;
    private volatile long accepted;

    @Nullable
    Session session() {
        return session;
    }

    /** The highest id accepted; 0: none. */
    long accepted() {
        return accepted;
    }

    long firstId() {
        return opened().firstId();
    }

    private Session opened() {
        Session now = session;
        if (now == null) {
            throw new IllegalStateException("not logged in");
        }
        return now;
    }

    Command login(String name) {
        byte[] user = name.getBytes(StandardCharsets.UTF_8);
        return turn -> turn.shard().login(this, user, 0, turn.mayLoad());
    }

    /** A SEND of this client's nth message. */
    Command send(String recipient, int number) {
        return send(recipient, number, 100);
    }

    Command send(String recipient, int number, int bodyBytes) {
        byte[] to = recipient.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(ClientFrames.sendSize(to.length, bodyBytes));
        ClientFrames.send(bytes, firstId() + number, to, new byte[bodyBytes]);
        return turn -> {
            FrameCursor cursor = turn.cursor();
            cursor.wrap(bytes, 0, bytes.capacity());
            if (cursor.next() != FrameCursor.Step.FRAME
                    || !turn.frame().parse(bytes, cursor.type(), cursor.bodyStart(), cursor.bodyEnd())) {
                throw new IllegalStateException("not a frame");
            }
            return turn.shard().apply(opened(), turn.frame(), turn.mayLoad());
        };
    }

    @Override
    public void welcome(Session opened, long number, int backlog, long serverTimeMillis) {
        session = opened;
    }

    @Override
    public void accepted(long id, int count) {
        accepted = id;
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
        // Not looked at.
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
        // Not looked at.
    }

    @Override
    public void presence(int tag, PresenceState state, long lastSeenMillis, byte[] user) {
        // Not looked at.
    }

    @Override
    public void signalled(byte[] sender, ByteBuffer source, int bodyStart, int bodyLength) {
        // Not looked at.
    }

    @Override
    public void pong(long opaque) {
        // Not looked at.
    }

    @Override
    public void goodbye(GoodbyeCode code, int retryAfterMillis, String reason) {
        throw new IllegalStateException(code + " " + reason);
    }

    @Override
    public void release() {
        // Not looked at.
    }
}
