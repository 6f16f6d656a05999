package dev.heddle.shard;

import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.PresenceState;
import dev.heddle.wire.RejectCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A client that writes down what it is told; the test's thread only. */
final class SpokenTo implements Client {
    final List<String> heard = new ArrayList<>();
    boolean reads = true;
    int releases;

    @Override
    public void welcome(Session session, long number, int backlog, long serverTimeMillis) {
        heard.add("welcome");
    }

    @Override
    public void accepted(long id, int count) {
        heard.add("accepted " + id + " x" + count);
    }

    @Override
    public void rejected(long id, RejectCode code, String reason) {
        heard.add("rejected " + id + " " + code);
    }

    @Override
    public boolean hasRoom(int frameBytes) {
        return reads;
    }

    @Override
    public boolean isCongested() {
        return !reads;
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
        heard.add("deliver " + seq);
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
        heard.add("deliver " + seq);
    }

    @Override
    public void presence(int tag, PresenceState state, long lastSeenMillis, byte[] user) {
        heard.add(new String(user, StandardCharsets.UTF_8) + " " + state);
    }

    @Override
    public void signalled(byte[] sender, ByteBuffer source, int bodyStart, int bodyLength) {
        heard.add("signalled");
    }

    @Override
    public void pong(long opaque) {
        heard.add("pong " + opaque);
    }

    @Override
    public void goodbye(GoodbyeCode code, int retryAfterMillis, String reason) {
        heard.add("goodbye " + code);
    }

    @Override
    public void release() {
        releases++;
    }
}
