package dev.heddle.sim;

import dev.heddle.shard.Client;
import dev.heddle.shard.Outcome;
import dev.heddle.shard.Session;
import dev.heddle.sim.Faults.Kind;
import dev.heddle.wire.ClientFrame;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.PresenceState;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.RejectCode;
import dev.heddle.wire.ServerFrames;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection's place in one shard, as {@code edge.Outlet} is; and the first witness: what the shard says here is checked
 * before anybody else can see it.
 */
final class Link implements Client {
    /** Answers that may wait before the edge reads no more. */
    private static final int ANSWERS = 2048;

    private static final int FIRST_MESSAGES = 16;
    private static final int FIRST_BYTES = 16 * 1024;
    private static final int MOST_MESSAGES = 16_384;
    private static final int MOST_BYTES = 2 << 20;
    /** Bytes of a message's record beside its names and its body. */
    private static final int RECORD_BYTES = 34;

    private record Out(long seq, int bytes) {}

    private final SimConnection connection;
    private final Simulation world;
    private final int shard;
    private final List<byte[]> staged = new ArrayList<>();
    private final Deque<Out> out = new ArrayDeque<>();
    private int outBytes;
    private int windowMessages = FIRST_MESSAGES;
    private int windowBytes = FIRST_BYTES;
    private int stagedBytes;
    private long stagedSeq;
    private int granted;
    private long stored;
    private int answered;
    private boolean starved;
    private boolean submitted;
    private boolean ended;

    @Nullable
    Session session;

    Link(SimConnection connection, int shard) {
        this.connection = connection;
        this.world = connection.world;
        this.shard = shard;
    }

    // ---- the edge's part ----

    /** The shard is about to handle this frame of the client's. */
    void handles(ClientFrame frame) {
        if (frame.type() == Protocol.ACK) {
            boolean some = false;
            while (!out.isEmpty() && out.getFirst().seq <= frame.seq()) {
                outBytes -= out.removeFirst().bytes;
                some = true;
            }
            if (some) {
                windowMessages = Math.min(MOST_MESSAGES, windowMessages * 2);
                windowBytes = Math.min(MOST_BYTES, windowBytes * 2);
            }
        }
    }

    void drained() {
        if (starved && !submitted && session != null) {
            starved = false;
            submitted = true;
            world.place(shard).submit((place, mayLoad) -> {
                submitted = false;
                Session open = session;
                if (open != null) {
                    place.shard().drained(open);
                }
                return Outcome.DONE;
            });
        }
    }

    void close() {
        world.place(shard).submit((place, mayLoad) -> {
            Session open = session;
            if (open != null) {
                if (shard == connection.home && !ended) {
                    world.presences().offline(connection.client, this);
                }
                ended = true;
                place.shard().close(open);
            }
            return Outcome.DONE;
        });
    }

    /** Messages that it may have without an ACK. */
    int windowMessages() {
        return windowMessages;
    }

    private int waiting() {
        return stagedBytes + connection.queuedBytes();
    }

    private void stage(ByteBuffer frame) {
        if (ended) {
            throw new Violation(Violation.Kind.UNTRUE, "something is said after the end of " + connection.client);
        }
        byte[] bytes = new byte[frame.capacity()];
        frame.get(0, bytes);
        staged.add(bytes);
        stagedBytes += bytes.length;
        int most = Math.max(world.plan().allowance(), world.plan().options().frameLimit() + 4) + ANSWERS + 512;
        if (waiting() > most) {
            throw new Violation(
                    Violation.Kind.UNBOUNDED, waiting() + " bytes wait for " + connection.client + ", limit " + most);
        }
    }

    // ---- what the shard says ----

    @Override
    public void welcome(Session opened, long number, int backlog, long serverTimeMillis) {
        session = opened;
        world.presences().online(connection.client, this);
        ByteBuffer frame = ByteBuffer.allocate(ServerFrames.WELCOME_BYTES);
        ServerFrames.welcome(frame, number, opened.firstId(), backlog, 1 << 20, 30, serverTimeMillis);
        stage(frame);
    }

    @Override
    public void accepted(long id, int count) {
        stored = id;
        answered += count;
        Deque<Message> sent = connection.sent.get(shard);
        while (!sent.isEmpty() && Long.compareUnsigned(sent.getFirst().id, id) <= 0) {
            world.oracle().promised(sent.removeFirst(), world.elapsed());
        }
    }

    @Override
    public void rejected(long id, RejectCode code, String reason) {
        Deque<Message> sent = connection.sent.get(shard);
        Message message = null;
        for (Message each : sent) {
            if (each.id == id) {
                message = each;
            }
        }
        if (message == null) {
            throw new Violation(Violation.Kind.UNTRUE, code + " for " + id + " of " + connection.client + ", not sent");
        }
        sent.remove(message);
        if (code == RejectCode.DUPLICATE) {
            world.oracle().promised(message, world.elapsed());
        }
        world.checkRejection(message, code, shard);
        ByteBuffer frame = ByteBuffer.allocate(ServerFrames.rejectedSize(reason.length()));
        ServerFrames.rejected(frame, id, code, reason);
        stage(frame);
        answered++;
    }

    @Override
    public boolean hasRoom(int frameBytes) {
        if (ended) {
            return false;
        }
        boolean fits = waiting() + frameBytes <= world.plan().allowance() || waiting() == 0;
        if (fits && world.isMoody()) {
            fits = false;
        }
        granted = fits ? frameBytes : 0;
        starved |= !fits;
        return fits;
    }

    @Override
    public boolean isCongested() {
        return waiting() > ANSWERS || (waiting() > 0 && world.isMoody());
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
        ByteBuffer both = ByteBuffer.allocate(sender.length + bodyLength);
        both.put(sender).put(sender.length, source, bodyStart, bodyLength);
        deliver(seq, id, acceptedAt, flags, both, 0, sender.length, bodyLength);
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
        int size = ServerFrames.deliverSize(senderLength, bodyLength);
        if (size > granted) {
            throw new Violation(Violation.Kind.UNBOUNDED, "a DELIVER of " + size + " bytes, room for " + granted);
        }
        granted = 0;
        overlook(seq, RECORD_BYTES + connection.client.name.length + senderLength + bodyLength);
        world.presences().sent(connection.client, seq, flags);
        stagedSeq = seq;
        ByteBuffer frame = ByteBuffer.allocate(size);
        ServerFrames.deliverHeader(frame, seq, id, acceptedAt, flags, senderLength, bodyLength);
        frame.put(frame.position(), source, senderStart, senderLength + bodyLength);
        stage(frame);
    }

    /** A client gets its window and no more: 16 messages, or more if they fit 16 KiB; at most twice as much after each ACK. */
    private void overlook(long seq, int bytes) {
        if (out.size() >= FIRST_MESSAGES && (out.size() >= windowMessages || outBytes + bytes > windowBytes)) {
            throw new Violation(
                    Violation.Kind.UNBOUNDED,
                    "window of " + connection.client + ": " + out.size() + " messages of " + windowMessages + ", "
                            + outBytes + " and " + bytes + " bytes of " + windowBytes);
        }
        out.add(new Out(seq, bytes));
        outBytes += bytes;
    }

    @Override
    public void presence(int tag, PresenceState state, long lastSeenMillis, byte[] user) {
        world.presences().told(user, state, lastSeenMillis);
        ByteBuffer frame = ByteBuffer.allocate(ServerFrames.presenceSize(user.length));
        ServerFrames.presence(frame, tag, state, lastSeenMillis, user);
        stage(frame);
    }

    @Override
    public void signalled(byte[] sender, ByteBuffer source, int bodyStart, int bodyLength) {
        ByteBuffer frame = ByteBuffer.allocate(ServerFrames.signalledSize(sender.length, bodyLength));
        ServerFrames.signalledHeader(frame, sender, bodyLength);
        frame.put(frame.position(), source, bodyStart, bodyLength);
        stage(frame);
    }

    @Override
    public void pong(long opaque) {
        ByteBuffer frame = ByteBuffer.allocate(ServerFrames.PONG_BYTES);
        ServerFrames.pong(frame, opaque);
        stage(frame);
    }

    @Override
    public void goodbye(GoodbyeCode code, int retryAfterMillis, String reason) {
        if (shard == connection.home && session != null) {
            world.presences().offline(connection.client, this);
        }
        if (code == GoodbyeCode.BAD_ACK) {
            world.faults().count(Kind.BAD_ACK);
        }
        ByteBuffer frame = ByteBuffer.allocate(ServerFrames.goodbyeSize(reason.length()));
        ServerFrames.goodbye(frame, code, retryAfterMillis, reason);
        stage(frame);
        ended = true;
    }

    @Override
    public void release() {
        world.presences().went(connection.client, stagedSeq);
        connection.offer(staged);
        staged.clear();
        stagedBytes = 0;
        if (answered > 0) {
            connection.answered(shard, answered, stored);
            answered = 0;
            stored = 0;
        }
        if (ended) {
            connection.goodbye();
        }
    }
}
