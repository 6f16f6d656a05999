package dev.heddle.verify.load;

import dev.heddle.verify.oracle.Ledger;
import dev.heddle.verify.oracle.Tally;
import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.FrameCursor;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.RejectCode;
import dev.heddle.wire.ServerFrame;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One user with at most one connection, which it opens again whenever it is lost; the swarm's thread. Bounded by its window of
 * messages and by one part of a frame in each direction.
 *
 * <pre>
 *   AWAY --due--> CONNECTING --connected--> GREETING --WELCOME--> ONLINE
 *     ^                                                             |
 *     +------------- lost, GOODBYE, refused (after a pause) --------+
 * </pre>
 */
final class Peer {
    enum Phase {
        AWAY,
        CONNECTING,
        GREETING,
        ONLINE
    }

    private static final long FIRST_PAUSE = 20_000_000;
    private static final int MOST_DOUBLINGS = 5;
    private static final byte[] NO_TOKEN = {};

    private final Swarm swarm;
    private final Group group;
    private final String name;
    private final byte[] encoded;
    private final Map<String, Tally> senders = new HashMap<>();

    private Phase phase = Phase.AWAY;
    private @Nullable SocketChannel channel;
    private @Nullable SelectionKey key;
    private byte @Nullable [] rest;
    private @Nullable ByteBuffer pending;
    private @Nullable Outgoing outgoing;
    private long cursor;
    private long acked;
    private long nextId;
    private long retryAt;
    private long spokeAt;
    private int failures;

    Peer(Swarm swarm, Group group, String name) {
        this.swarm = swarm;
        this.group = group;
        this.name = name;
        this.encoded = name.getBytes(StandardCharsets.UTF_8);
    }

    Group group() {
        return group;
    }

    String name() {
        return name;
    }

    byte[] encoded() {
        return encoded;
    }

    Ledger ledger() {
        return swarm.ledger();
    }

    Phase phase() {
        return phase;
    }

    long retryAt() {
        return retryAt;
    }

    @Nullable
    Outgoing outgoing() {
        return outgoing;
    }

    /** Begins to send; a later call goes on with another course, once everything of the earlier one is answered. */
    void send(Outgoing newOutgoing) {
        if (outgoing != null && !outgoing.isFinished()) {
            throw new IllegalStateException(name + " still sends");
        }
        outgoing = newOutgoing;
        flush();
    }

    /** A message of the timetable; false if this peer cannot take it. */
    boolean take(long dueNanos) {
        if (phase != Phase.ONLINE || outgoing == null || pending != null || !outgoing.create(dueNanos)) {
            return false;
        }
        swarm.touched(this);
        return true;
    }

    /** The id of a new message: above all that any connection of this user has used. */
    long newId() {
        return nextId++;
    }

    // ---- the connection ----

    void connect() {
        try {
            SocketChannel opened = SocketChannel.open();
            channel = opened;
            opened.configureBlocking(false);
            opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
            phase = Phase.CONNECTING;
            boolean done = opened.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), group.port));
            key = opened.register(swarm.selector(), done ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, this);
            if (done) {
                greet();
            }
        } catch (IOException refused) {
            lost(0);
        }
    }

    /** The selector found something to do. */
    void ready() {
        try {
            if (key == null || channel == null) {
                return;
            }
            if (key.isConnectable() && channel.finishConnect()) {
                greet();
            } else if (key.isReadable()) {
                read();
            }
            if (key != null && key.isValid() && key.isWritable()) {
                flush();
            }
        } catch (IOException lost) {
            lost(0);
        }
    }

    private void greet() {
        phase = Phase.GREETING;
        ByteBuffer login = ByteBuffer.allocate(ClientFrames.loginSize(encoded.length, 0));
        ClientFrames.login(login, encoded, cursor, NO_TOKEN);
        acked = cursor;
        pending = login.flip();
        flush();
    }

    /** Reads on, or no more. */
    void behave() {
        interest();
    }

    private void interest() {
        if (key != null && key.isValid() && phase != Phase.CONNECTING) {
            boolean reads = phase == Phase.GREETING || group.reads;
            key.interestOps((reads ? SelectionKey.OP_READ : 0) | (pending != null ? SelectionKey.OP_WRITE : 0));
        }
    }

    /** Closes the socket without a word, and comes back after a pause if the group is wanted. */
    void cut() {
        lost(0);
        failures = 0;
    }

    private void lost(long retryMillis) {
        if (phase == Phase.ONLINE) {
            group.online--;
        }
        phase = Phase.AWAY;
        if (key != null) {
            key.cancel();
        }
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException ignored) {
            // It is of no more use either way.
        }
        key = null;
        channel = null;
        rest = null;
        pending = null;
        long pause = FIRST_PAUSE << Math.min(failures++, MOST_DOUBLINGS);
        long jitter = swarm.random().nextLong(pause / 2, pause);
        retryAt = swarm.now() + (retryMillis > 0 ? retryMillis * 1_000_000 : jitter);
    }

    // ---- reading ----

    private void read() throws IOException {
        ByteBuffer in = swarm.in();
        in.clear();
        if (rest != null) {
            in.put(rest);
            rest = null;
        }
        if (channel == null || channel.read(in) < 0) {
            lost(0);
            return;
        }
        FrameCursor frames = swarm.frames();
        ServerFrame frame = swarm.frame();
        frames.wrap(in, 0, in.position());
        while (frames.next() == FrameCursor.Step.FRAME) {
            if (!frame.parse(in, frames.type(), frames.bodyStart(), frames.bodyEnd())) {
                throw new IOException("no frame of this protocol");
            }
            handle(frame);
            if (phase == Phase.AWAY) {
                return;
            }
        }
        if (frames.consumed() < in.position()) {
            byte[] left = new byte[in.position() - frames.consumed()];
            in.get(frames.consumed(), left);
            rest = left;
        }
        flush();
    }

    private void handle(ServerFrame frame) {
        long now = swarm.now();
        switch (frame.type()) {
            case Protocol.WELCOME -> welcome(frame);
            case Protocol.DELIVER -> deliver(frame, now);
            case Protocol.ACCEPTED -> {
                if (outgoing != null) {
                    outgoing.accepted(frame.id(), now);
                }
            }
            case Protocol.REJECTED -> {
                group.rejected.merge(frame.code(), 1L, Long::sum);
                if (outgoing != null) {
                    outgoing.rejected(frame.id(), frame.code() == RejectCode.DUPLICATE.code(), now);
                }
            }
            case Protocol.GOODBYE -> {
                group.goodbyes.merge(frame.code(), 1L, Long::sum);
                lost(frame.retryAfterMillis());
            }
            default -> {
                // PONG says that somebody is there.
            }
        }
    }

    private void welcome(ServerFrame frame) {
        phase = Phase.ONLINE;
        failures = 0;
        group.online++;
        group.connects++;
        if (Long.compareUnsigned(nextId, frame.firstId()) < 0) {
            nextId = frame.firstId();
        }
        if (outgoing != null) {
            outgoing.connected();
        }
        interest();
    }

    private void deliver(ServerFrame frame, long now) {
        byte[] sender = frame.name();
        String senderName = new String(sender, StandardCharsets.UTF_8);
        Tally tally = senders.get(senderName);
        if (tally == null) {
            tally = ledger().tally(senderName, name);
            senders.put(senderName, tally);
        }
        if (Long.compareUnsigned(frame.seq(), cursor) <= 0) {
            // A client that keeps its cursor would not notice; it is wrong all the same.
            tally.repeated();
            return;
        }
        cursor = frame.seq();
        if (!swarm.stamp().read(sender, encoded, frame.body()) || swarm.stamp().id() != frame.id()) {
            tally.corrupted();
            return;
        }
        tally.arrived(swarm.stamp().number(), frame.id());
        group.arrived(now - swarm.stamp().nanos());
    }

    // ---- writing ----

    /** Says something if nothing was said for long. */
    void heartbeat(long everyNanos) {
        if (phase == Phase.ONLINE && pending == null && swarm.now() - spokeAt > everyNanos) {
            ByteBuffer ping = ByteBuffer.allocate(ClientFrames.PING_BYTES);
            ClientFrames.ping(ping, 0);
            pending = ping.flip();
            flush();
        }
    }

    /** Writes what there is to say, as far as the socket takes it. */
    void flush() {
        try {
            while (channel != null && writePending() && phase == Phase.ONLINE && fill()) {
                // fill() has left what the socket did not take in pending.
            }
            interest();
        } catch (IOException lost) {
            lost(0);
        }
    }

    private boolean writePending() throws IOException {
        if (pending != null && channel != null) {
            channel.write(pending);
            if (pending.hasRemaining()) {
                return false;
            }
            pending = null;
        }
        return true;
    }

    private boolean fill() throws IOException {
        ByteBuffer out = swarm.out();
        out.clear();
        if (group.acks && Long.compareUnsigned(acked, cursor) < 0) {
            ClientFrames.ack(out, cursor);
            acked = cursor;
        }
        if (outgoing != null) {
            outgoing.fill(out, swarm.stamp(), swarm.now());
        }
        if (out.position() == 0 || channel == null) {
            return false;
        }
        spokeAt = swarm.now();
        out.flip();
        channel.write(out);
        if (out.hasRemaining()) {
            pending = ByteBuffer.allocate(out.remaining()).put(out).flip();
        }
        return true;
    }
}
