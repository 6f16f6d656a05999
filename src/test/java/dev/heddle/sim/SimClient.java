package dev.heddle.sim;

import dev.heddle.sim.Faults.Kind;
import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.PresenceState;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.RejectCode;
import dev.heddle.wire.ServerFrame;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One user and its client, which keeps to the protocol but for the lies that it is told to tell. */
final class SimClient {
    final int index;
    final byte[] name;
    final boolean keepsCursor;

    private final Simulation world;
    private final SplittableRandom random;
    private final Oracle oracle;
    private final ServerFrame frame = new ServerFrame();
    /** Sent and not answered, by id. */
    private final TreeMap<Long, Message> open = new TreeMap<>();

    private final Map<Integer, String> asked = new HashMap<>();
    private final Set<String> watched = new HashSet<>();
    private final Map<String, PresenceState> toldStates = new HashMap<>();
    private final Deque<Long> pings = new ArrayDeque<>();

    private long nextId = 1;
    private long highestId;
    private long cursor;
    private int nextTag;

    // Of the present connection.
    private @Nullable SimConnection connection;
    private boolean welcome;
    private long highestSeq;
    private long acknowledged;
    private long accepted;
    private long sentHere;
    private boolean lied;
    private boolean away;

    SimClient(Simulation world, int index, SplittableRandom random) {
        this.world = world;
        this.index = index;
        this.random = random;
        this.oracle = world.oracle();
        this.name = ("user-" + index).getBytes(StandardCharsets.UTF_8);
        this.keepsCursor = random.nextInt(4) > 0;
    }

    @Override
    public String toString() {
        return "user-" + index;
    }

    boolean isConnected() {
        return connection != null;
    }

    boolean isOn(SimConnection which) {
        return which.equals(connection);
    }

    boolean isWelcome() {
        return welcome;
    }

    boolean hasOpen() {
        return !open.isEmpty();
    }

    boolean isAway() {
        return away;
    }

    boolean isQuiet() {
        return open.isEmpty() && acknowledged == highestSeq;
    }

    // ---- what it does ----

    void connect(SimConnection opened) {
        connection = opened;
        welcome = false;
        highestSeq = 0;
        acknowledged = 0;
        accepted = 0;
        sentHere = 0;
        lied = false;
        asked.clear();
        watched.clear();
        toldStates.clear();
        pings.clear();
        boolean remembers = keepsCursor && cursor > 0;
        if (!remembers) {
            world.faults().count(Kind.CURSOR_FORGOTTEN);
        }
        write(
                ClientFrames.loginSize(name.length, 0),
                out -> ClientFrames.login(out, name, remembers ? cursor : 0, new byte[0]));
    }

    /** Turns to another connection, or to none; what it wrote may still get there. */
    void leave(boolean closes) {
        SimConnection here = connection;
        if (here != null && closes) {
            here.clientGone = true;
        }
        connection = null;
        welcome = false;
    }

    /** Goes, and does not come back. */
    void stayAway() {
        away = true;
        leave(true);
    }

    /** Its machine breaks: it knows nothing any more of what it has not been told about. */
    void forget() {
        leave(true);
        open.values().forEach(oracle::forgotten);
        open.clear();
    }

    void send(int to, byte[] body) {
        if (!welcome) {
            return;
        }
        Message message = new Message(index, to, nextId, body, world.elapsed());
        nextId += 1 + random.nextInt(3);
        oracle.sent(message);
        open.put(message.id, message);
        send(message);
    }

    private void send(Message message) {
        SimConnection here = connection;
        if (here != null) {
            byte[] to = world.nameOf(message.to);
            here.sent.get(world.shardOf(to)).add(message);
            message.sentOn = here;
            highestId = Math.max(highestId, message.id);
            sentHere = message.id;
            int size = ClientFrames.sendSize(to.length, message.body.length);
            write(size, out -> ClientFrames.send(out, message.id, to, message.body));
        }
    }

    /** Acknowledges up to any seq it has seen. */
    void acknowledge(boolean all) {
        if (welcome && highestSeq > acknowledged) {
            long some = acknowledged + 1 + (long) (random.nextDouble() * (highestSeq - acknowledged));
            acknowledged = all ? highestSeq : Math.min(highestSeq, some);
            write(ClientFrames.ACK_BYTES, out -> ClientFrames.ack(out, acknowledged));
        }
    }

    void lie() {
        if (welcome) {
            lied = true;
            write(
                    ClientFrames.ACK_BYTES,
                    out -> ClientFrames.ack(out, highestSeq + (1L << 40) + random.nextInt(1 << 30)));
        }
    }

    void ask(String user) {
        if (!welcome) {
            return;
        }
        byte[] about = user.getBytes(StandardCharsets.UTF_8);
        switch (random.nextInt(6)) {
            case 0 -> watch(user);
            case 1 -> {
                watched.remove(user);
                toldStates.remove(user);
                write(ClientFrames.watchSize(about.length), out -> ClientFrames.unwatch(out, about));
            }
            case 2 -> {
                byte[] body = user.getBytes(StandardCharsets.UTF_8);
                write(ClientFrames.signalSize(about.length, body.length), out -> ClientFrames.signal(out, about, body));
            }
            case 3 -> {
                long opaque = random.nextLong();
                pings.add(opaque);
                write(ClientFrames.PING_BYTES, out -> ClientFrames.ping(out, opaque));
            }
            default -> {
                int tag = ++nextTag;
                asked.put(tag, user);
                write(ClientFrames.querySize(about.length), out -> ClientFrames.query(out, tag, about));
            }
        }
    }

    void watch(String user) {
        byte[] about = user.getBytes(StandardCharsets.UTF_8);
        watched.add(user);
        write(ClientFrames.watchSize(about.length), out -> ClientFrames.watch(out, about));
    }

    void logOut() {
        if (welcome) {
            write(ClientFrames.LOGOUT_BYTES, ClientFrames::logout);
        }
    }

    private void write(int size, Consumer<ByteBuffer> encoder) {
        SimConnection here = connection;
        if (here != null && !here.clientGone) {
            ByteBuffer out = ByteBuffer.allocate(size);
            encoder.accept(out);
            here.toServer.add(out.array());
        }
    }

    // ---- what it hears ----

    /** Reads a frame; false if there is none. */
    boolean hear() {
        SimConnection here = connection;
        byte[] bytes = here == null ? null : here.hear();
        if (here == null || bytes == null) {
            if (here != null && here.ended) {
                leave(true);
            }
            return false;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.getInt(0) != bytes.length - 4 || !frame.parse(in, in.get(4) & 0xff, 5, bytes.length)) {
            throw new Violation(Violation.Kind.CORRUPTED, "a frame to " + this + " does not parse");
        }
        switch (frame.type()) {
            case Protocol.WELCOME -> welcome();
            case Protocol.ACCEPTED -> accepted(here, frame.id());
            case Protocol.REJECTED -> rejected();
            case Protocol.DELIVER -> delivered();
            case Protocol.PRESENCE -> presence();
            case Protocol.GOODBYE -> goodbye(here);
            case Protocol.PONG -> pong();
            case Protocol.SIGNALLED -> signalled();
            default -> throw new Violation(Violation.Kind.UNTRUE, "frame of type " + frame.type());
        }
        return true;
    }

    private void welcome() {
        long firstId = frame.firstId();
        world.say(() -> this + " is welcome, first id " + firstId);
        if (Long.compareUnsigned(firstId, highestId) <= 0) {
            throw new Violation(
                    Violation.Kind.DUPLICATED, this + " may use ids from " + firstId + ", has used " + highestId);
        }
        nextId = firstId;
        welcome = true;
        open.values().forEach(this::send);
    }

    private void accepted(SimConnection here, long id) {
        if (Long.compareUnsigned(id, accepted) <= 0 || Long.compareUnsigned(id, sentHere) > 0) {
            throw new Violation(
                    Violation.Kind.UNTRUE,
                    this + " hears ACCEPTED " + id + " after " + accepted + ", having sent up to " + sentHere);
        }
        accepted = id;
        world.say(() -> this + " hears ACCEPTED " + id);
        var done = open.headMap(id, true);
        for (Message message : done.values()) {
            if (here.equals(message.sentOn)) {
                oracle.accepted(message);
            }
        }
        done.clear();
    }

    private void rejected() {
        Message message = open.remove(frame.id());
        RejectCode code = RejectCode.of(frame.code());
        world.say(() -> this + " hears REJECTED " + frame.id() + " " + code);
        if (message == null || code == null) {
            throw new Violation(
                    Violation.Kind.UNTRUE, this + " hears " + code + " for " + frame.id() + ", settled before");
        }
        if (code == RejectCode.DUPLICATE) {
            oracle.accepted(message);
        } else {
            oracle.rejected(message, code);
        }
    }

    private void delivered() {
        long seq = frame.seq();
        world.say(() -> this + " hears DELIVER " + seq + ": " + frame.id());
        if (seq <= highestSeq) {
            throw new Violation(Violation.Kind.REORDERED, "seq " + seq + " after " + highestSeq + " to " + this);
        }
        highestSeq = seq;
        if (world.isOver()) {
            throw new Violation(
                    Violation.Kind.DUPLICATED, "seq " + seq + " to " + this + " after all was acknowledged");
        }
        if (keepsCursor && seq <= cursor) {
            throw new Violation(
                    Violation.Kind.DUPLICATED, "seq " + seq + " to " + this + ", whose cursor is " + cursor);
        }
        cursor = Math.max(cursor, seq);
        oracle.delivered(
                index,
                seq,
                world.indexOf(frame.name()),
                frame.id(),
                frame.acceptedAt(),
                frame.body(),
                !keepsCursor,
                world.elapsed());
    }

    private void presence() {
        String who = new String(frame.name(), StandardCharsets.UTF_8);
        PresenceState state = PresenceState.of(frame.state());
        if (state == null) {
            throw new Violation(Violation.Kind.CORRUPTED, "state " + frame.state());
        }
        if (frame.tag() != 0 && !who.equals(asked.remove(frame.tag()))) {
            throw new Violation(Violation.Kind.UNTRUE, "an answer to " + this + " for tag " + frame.tag() + ", " + who);
        }
        if (frame.tag() == 0 && watched.contains(who)) {
            toldStates.put(who, state);
        }
    }

    private void pong() {
        Long opaque = pings.poll();
        if (opaque == null || opaque != frame.opaque()) {
            throw new Violation(Violation.Kind.UNTRUE, "PONG " + frame.opaque() + " to " + this);
        }
    }

    private void signalled() {
        if (!new String(frame.body(), StandardCharsets.UTF_8).equals(toString())) {
            throw new Violation(Violation.Kind.CORRUPTED, "a signal to " + this);
        }
    }

    private void goodbye(SimConnection here) {
        GoodbyeCode code = GoodbyeCode.of(frame.code());
        world.say(() -> this + " hears GOODBYE " + code);
        boolean expected = code == GoodbyeCode.REPLACED
                || code == GoodbyeCode.BYE
                || code == GoodbyeCode.DRAINING
                || code == GoodbyeCode.OVERLOADED
                || (code == GoodbyeCode.BAD_ACK && lied);
        if (!expected) {
            throw new Violation(Violation.Kind.UNTRUE, "GOODBYE " + code + " to " + this);
        }
        here.clientGone = true;
        leave(true);
    }

    /** All is quiet: is everything answered, and what it was told of those it watches true? */
    void checkKnown(Presences presences) {
        if (!welcome) {
            return;
        }
        if (!asked.isEmpty() || !pings.isEmpty()) {
            throw new Violation(Violation.Kind.STUCK, this + " has no answer to " + asked + " " + pings);
        }
        for (String user : watched) {
            PresenceState told = toldStates.get(user);
            int who = world.indexOf(user.getBytes(StandardCharsets.UTF_8));
            boolean online = who >= 0 && presences.isOnline(who);
            if (told == null || (told == PresenceState.ONLINE) != online) {
                throw new Violation(
                        Violation.Kind.UNTRUE, this + " believes " + user + " is " + told + ", online: " + online);
            }
        }
    }
}
