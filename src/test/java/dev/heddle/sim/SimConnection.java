package dev.heddle.sim;

import dev.heddle.shard.Client;
import dev.heddle.shard.Session;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.PresenceState;
import dev.heddle.wire.RejectCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One connection between a simulated client and the shards: frames in both directions, and what the edge does with them. */
final class SimConnection {
    /** What the server says. */
    sealed interface Said {
        record Welcome(long firstId, int backlog) implements Said {}

        record Accepted(int shard, long id) implements Said {}

        record Rejected(long id, RejectCode code) implements Said {}

        record Deliver(long seq, long id, String sender, int bodyHash, int flags) implements Said {}

        record Presence(int tag, PresenceState state, long lastSeen, String user) implements Said {}

        record Goodbye(GoodbyeCode code) implements Said {}
    }

    /** The place in one shard. */
    final class Outlet implements Client {
        final int shard;

        @Nullable
        Session session;

        boolean starved;
        private final List<Said> staged = new ArrayList<>();

        Outlet(int shard) {
            this.shard = shard;
        }

        @Override
        public void welcome(Session opened, long number, int backlog, long serverTimeMillis) {
            session = opened;
            firstId = opened.firstId();
            home = opened;
            staged.add(new Said.Welcome(opened.firstId(), backlog));
        }

        @Override
        public void accepted(long id) {
            staged.add(new Said.Accepted(shard, id));
        }

        @Override
        public void rejected(long id, RejectCode code, String reason) {
            staged.add(new Said.Rejected(id, code));
        }

        @Override
        public boolean hasRoom(int frameBytes) {
            boolean fits = !closed && random.nextInt(100) >= fullPercent;
            starved |= !fits;
            return fits;
        }

        @Override
        public boolean isCongested() {
            return random.nextInt(100) < fullPercent;
        }

        @Override
        public void deliver(
                long seq,
                long id,
                long acceptedAt,
                int flags,
                byte[] sender,
                ByteBuffer source,
                int start,
                int length) {
            delivered(seq, id, flags, new String(sender, StandardCharsets.UTF_8), source, start, length);
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
            byte[] sender = new byte[senderLength];
            source.get(senderStart, sender);
            String name = new String(sender, StandardCharsets.UTF_8);
            delivered(seq, id, flags, name, source, senderStart + senderLength, bodyLength);
        }

        private void delivered(long seq, long id, int flags, String sender, ByteBuffer source, int start, int length) {
            byte[] body = new byte[length];
            source.get(start, body);
            staged.add(new Said.Deliver(seq, id, sender, java.util.Arrays.hashCode(body), flags));
            unacknowledged++;
        }

        @Override
        public void presence(int tag, PresenceState state, long lastSeenMillis, byte[] user) {
            staged.add(new Said.Presence(tag, state, lastSeenMillis, new String(user, StandardCharsets.UTF_8)));
        }

        @Override
        public void signalled(byte[] sender, ByteBuffer source, int bodyStart, int bodyLength) {}

        @Override
        public void pong(long opaque) {}

        @Override
        public void goodbye(GoodbyeCode code, int retryAfterMillis, String reason) {
            staged.add(new Said.Goodbye(code));
            closed = true;
        }

        @Override
        public void release() {
            toClient.addAll(staged);
            staged.clear();
        }
    }

    private final RandomGenerator random;
    private final int fullPercent;
    final byte[] user;
    final Outlet[] outlets;
    /** Frames on their way to the server, in order; the head is given to its shard again and again until it is done. */
    final Deque<ByteBuffer> toServer = new ArrayDeque<>();
    /** What was released, on its way to the client. */
    final Deque<Said> toClient = new ArrayDeque<>();

    long firstId;

    @Nullable
    Session home;

    int unacknowledged;
    boolean loggedIn;
    boolean closed;
    /** The head of {@link #toServer} waits for a force. */
    boolean waitsForForce;

    SimConnection(RandomGenerator random, byte[] user, int shards, int fullPercent) {
        this.random = random;
        this.user = user;
        this.fullPercent = fullPercent;
        this.outlets = new Outlet[shards];
        for (int i = 0; i < shards; i++) {
            outlets[i] = new Outlet(i);
        }
    }
}
