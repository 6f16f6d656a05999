package dev.heddle.shard;

import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.PresenceState;
import dev.heddle.wire.RejectCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client that writes down what it is told; the test's thread only. */
final class SpokenTo implements Client {
    final List<String> heard = new ArrayList<>();
    final List<Integer> flags = new ArrayList<>();
    long lastSeen;
    long serverTime;
    long acceptedAt;
    boolean reads = true;
    int queued;
    /** Messages, as WELCOME says. */
    int waiting = -1;

    /** How often it was asked for room. */
    int asked;

    boolean memory = true;

    @Nullable
    Session session;

    int releases;

    @Override
    public void welcome(Session opened, long number, int backlog, long serverTimeMillis) {
        session = opened;
        serverTime = serverTimeMillis;
        waiting = backlog;
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
    public int queuedBytes() {
        return queued;
    }

    @Override
    public boolean hasRoom(int frameBytes) {
        asked++;
        return reads && memory;
    }

    @Override
    public boolean isShortOfMemory() {
        return !memory;
    }

    @Override
    public boolean isCongested() {
        return !reads;
    }

    @Override
    public void deliver(
            long seq,
            long id,
            long acceptedAtMillis,
            int deliveryFlags,
            byte[] sender,
            ByteBuffer source,
            int bodyStart,
            int bodyLength) {
        heard.add("deliver " + seq);
        acceptedAt = acceptedAtMillis;
        flags.add(deliveryFlags);
    }

    @Override
    public void deliver(
            long seq,
            long id,
            long acceptedAtMillis,
            int deliveryFlags,
            ByteBuffer source,
            int senderStart,
            int senderLength,
            int bodyLength) {
        heard.add("deliver " + seq);
        acceptedAt = acceptedAtMillis;
        flags.add(deliveryFlags);
    }

    @Override
    public void presence(int tag, PresenceState state, long lastSeenMillis, byte[] user) {
        heard.add(new String(user, StandardCharsets.UTF_8) + " " + state);
        lastSeen = lastSeenMillis;
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
