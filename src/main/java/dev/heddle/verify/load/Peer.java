package dev.heddle.verify.load;

import dev.heddle.verify.oracle.Ledger;
import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.RejectCode;
import dev.heddle.wire.ServerFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One user with at most one connection, which it opens again whenever it is lost; the swarm's thread. Bounded by its window of
 * messages and by its line.
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
    private final Arrivals arrivals = new Arrivals(this);

    private Phase phase = Phase.AWAY;
    private @Nullable Line line;
    private @Nullable Outgoing outgoing;
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
        if (phase != Phase.ONLINE || outgoing == null || line == null || line.isBlocked()) {
            return false;
        }
        if (!outgoing.create(dueNanos)) {
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
            phase = Phase.CONNECTING;
            line = Line.open(swarm, this, group.port);
            greet(line);
        } catch (IOException refused) {
            lost(0);
        }
    }

    /** The selector found something to do. */
    void ready() {
        Line now = line;
        if (now == null) {
            return;
        }
        try {
            if (phase == Phase.CONNECTING) {
                greet(now);
            } else if (now.isReadable() && !now.read(this::handle)) {
                lost(0);
            } else {
                flush();
            }
        } catch (IOException lost) {
            lost(0);
        }
    }

    /** LOGIN, as soon as there is a connection. */
    private void greet(Line now) throws IOException {
        if (!now.finish()) {
            return;
        }
        phase = Phase.GREETING;
        ByteBuffer login = ByteBuffer.allocate(ClientFrames.loginSize(encoded.length, 0));
        ClientFrames.login(login, encoded, arrivals.cursor(), NO_TOKEN);
        acked = arrivals.cursor();
        now.write(login);
        interest();
    }

    private void interest() {
        if (line != null && phase != Phase.CONNECTING) {
            line.interest(phase == Phase.GREETING || group.reads);
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
        if (line != null) {
            line.close();
            line = null;
        }
        long pause = FIRST_PAUSE << Math.min(failures++, MOST_DOUBLINGS);
        long jitter = swarm.random().nextLong(pause / 2, pause);
        retryAt = swarm.now() + (retryMillis > 0 ? retryMillis * 1_000_000 : jitter);
    }

    // ---- reading ----

    /** False if this frame was the last. */
    private boolean handle(ServerFrame frame) {
        long now = swarm.now();
        switch (frame.type()) {
            case Protocol.WELCOME -> welcome(frame);
            case Protocol.DELIVER -> arrivals.deliver(frame, swarm.stamp(), now);
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
        return phase != Phase.AWAY;
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

    // ---- writing ----

    /** Says something if nothing was said for long. */
    void heartbeat(long everyNanos) {
        if (phase == Phase.ONLINE && line != null && !line.isBlocked() && swarm.now() - spokeAt > everyNanos) {
            ByteBuffer ping = ByteBuffer.allocate(ClientFrames.PING_BYTES);
            ClientFrames.ping(ping, 0);
            spokeAt = swarm.now();
            try {
                line.write(ping);
                interest();
            } catch (IOException lost) {
                lost(0);
            }
        }
    }

    /** Writes what there is to say, as far as the socket takes it, and reads or does not, as the group does now. */
    void flush() {
        try {
            while (line != null && line.writeOn() && phase == Phase.ONLINE && say(line)) {
                // What the socket did not take is written first in the next turn.
            }
            interest();
        } catch (IOException lost) {
            lost(0);
        }
    }

    /** One buffer of ACK and SENDs; false if there is nothing to say. */
    private boolean say(Line now) throws IOException {
        ByteBuffer out = swarm.out();
        out.clear();
        if (group.acks && Long.compareUnsigned(acked, arrivals.cursor()) < 0) {
            ClientFrames.ack(out, arrivals.cursor());
            acked = arrivals.cursor();
        }
        if (outgoing != null) {
            outgoing.fill(out, swarm.stamp(), swarm.now());
        }
        if (out.position() == 0) {
            return false;
        }
        spokeAt = swarm.now();
        now.write(out);
        return true;
    }
}
