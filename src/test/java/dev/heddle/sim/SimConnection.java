package dev.heddle.sim;

import dev.heddle.edge.AcceptedAcross;
import dev.heddle.shard.Outcome;
import dev.heddle.shard.Session;
import dev.heddle.sim.Faults.Kind;
import dev.heddle.wire.FrameCursor;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.ServerFrames;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One connection with its two ends: what the client has written and the edge not read, what the edge does with it, what the
 * shards have said and the socket not taken, and what the client has not read. The edge's part is {@code edge.Connection} and
 * {@code edge.Batch} without sockets.
 */
final class SimConnection {
    private static final int SOCKET_BYTES = 4096;

    final Simulation world;
    final SimClient client;
    final int number;
    final int home;
    final Link[] links;
    /** Written by the client, whole frames. */
    final Deque<byte[]> toServer = new ArrayDeque<>();
    /** For the client to read, even when the server is gone. */
    final Deque<byte[]> toClient = new ArrayDeque<>();
    /** For each shard: what was sent to it on this connection and not answered, in order. */
    final List<Deque<Message>> sent = new ArrayList<>();

    /** The client will not write any more. */
    boolean clientGone;
    /** Nothing comes after what is in {@link #toClient}. */
    boolean ended;

    private final Deque<byte[]> queue = new ArrayDeque<>();
    private final AcceptedAcross across;
    private int queuedBytes;
    private int socketBytes;
    private boolean loggedIn;
    private boolean saidGoodbye;
    private boolean closing;

    // What was read and is being worked on.
    private @Nullable ByteBuffer frames;
    private int[] at;
    private int shard;
    private long involved;
    private boolean underWay;
    private long heldUntil;
    private Paces.@Nullable Told told;
    private boolean waitsForRoom;

    SimConnection(Simulation world, SimClient client, int number) {
        int shards = world.plan().shards();
        this.world = world;
        this.client = client;
        this.number = number;
        this.home = world.shardOf(client.name);
        this.across = new AcceptedAcross(shards, this::announce);
        this.links = new Link[shards];
        this.at = new int[shards];
        for (int i = 0; i < shards; i++) {
            links[i] = new Link(this, i);
            sent.add(new ArrayDeque<>());
        }
    }

    int queuedBytes() {
        return queuedBytes;
    }

    /** The server is done with it. */
    boolean isOver() {
        return ended && closing;
    }

    /** So is the client. */
    boolean isForgotten() {
        return isOver() && (toClient.isEmpty() || !client.isOn(this));
    }

    @Override
    public String toString() {
        return "connection " + number + " of " + client + (underWay ? ", at work" : "")
                + (waitsForRoom ? ", waits" : "") + ", " + toServer.size() + " in, " + queue.size() + " queued, "
                + toClient.size() + " out";
    }

    boolean isQuiet() {
        return !underWay && !waitsForRoom && toServer.isEmpty() && queue.isEmpty() && toClient.isEmpty();
    }

    /** The edge reads, as much as it likes, when it has handled what it read before. */
    void read() {
        if (underWay || closing || waitsForRoom) {
            return;
        }
        if (saidGoodbye || (toServer.isEmpty() && clientGone)) {
            if (queue.isEmpty() || clientGone) {
                close();
            }
            return;
        }
        if (toServer.isEmpty() || heldUntil - world.elapsed() > 0) {
            return;
        }
        if (!loggedIn) {
            login(toServer.remove());
        } else {
            take();
        }
    }

    private void login(byte[] frame) {
        loggedIn = true;
        underWay = true;
        ByteBuffer login = ByteBuffer.wrap(frame);
        world.place(home).submit(new Work() {
            @Override
            public Outcome run(Place place, boolean mayLoad) {
                if (!place.frame.parse(login, Protocol.LOGIN, 5, login.limit())) {
                    throw new IllegalStateException("LOGIN does not parse");
                }
                Outcome outcome = place.shard().login(links[home], place.frame.name(), place.frame.cursor(), mayLoad);
                Session opened = links[home].session;
                if (outcome == Outcome.DONE && opened != null) {
                    charge(place, opened, 0, 0);
                }
                return outcome;
            }

            @Override
            public void finished(Outcome outcome) {
                underWay = false;
            }
        });
    }

    /** As {@code edge.Dispatch} does. */
    private void charge(Place place, Session session, int messages, int bytes) {
        told = world.paces().sent(client, messages, bytes, world.elapsed());
        int held = place.shard().charge(session, messages, bytes, place.shard().takeNewNames());
        heldUntil = world.elapsed() + held;
        if (held > 0) {
            world.faults().count(Kind.HELD_BACK);
        }
    }

    private void take() {
        world.paces().reads(client, Objects.requireNonNull(told, "charged at the login"), world.elapsed());
        int most = 1 + world.random().nextInt(20);
        List<byte[]> some = new ArrayList<>();
        int bytes = 0;
        while (some.size() < most && !toServer.isEmpty()) {
            bytes += toServer.getFirst().length;
            some.add(toServer.remove());
        }
        ByteBuffer read = ByteBuffer.allocate(bytes);
        some.forEach(read::put);
        frames = read.flip();
        java.util.Arrays.fill(at, 0);
        involved = 1L << home;
        Place reader = world.place(home);
        FrameCursor cursor = new FrameCursor(world.plan().options().frameLimit());
        cursor.wrap(read, 0, bytes);
        while (cursor.next() == FrameCursor.Step.FRAME) {
            if (!reader.frame.parse(read, cursor.type(), cursor.bodyStart(), cursor.bodyEnd())) {
                throw new IllegalStateException("a client's frame does not parse");
            }
            int owner = ownerOf(reader, cursor.type());
            involved |= 1L << owner;
            if (cursor.type() == Protocol.SEND) {
                across.sent(owner);
            }
        }
        underWay = true;
        shard = -1;
        next();
    }

    private int ownerOf(Place place, int type) {
        boolean names = type >= Protocol.SEND && type <= Protocol.SIGNAL && type != Protocol.ACK;
        return names ? world.shardOf(place.frame.name()) : home;
    }

    /** The other shards first, the user's own last. */
    private void next() {
        if (shard == home) {
            underWay = false;
            frames = null;
            return;
        }
        do {
            shard++;
        } while (shard < links.length && (shard == home || (involved & 1L << shard) == 0));
        if (shard == links.length) {
            shard = home;
        }
        submit();
    }

    private void submit() {
        world.place(shard).submit(new Work() {
            @Override
            public Outcome run(Place place, boolean mayLoad) {
                return work(place, mayLoad);
            }

            @Override
            public void finished(Outcome outcome) {
                switch (outcome) {
                    case CONGESTED -> {
                        world.faults().count(Kind.CONGESTED);
                        waitsForRoom = true;
                    }
                    case ENDED -> {
                        underWay = false;
                        saidGoodbye = true;
                    }
                    default -> next();
                }
            }
        });
    }

    private Outcome work(Place place, boolean mayLoad) {
        ByteBuffer read = frames;
        Link link = links[place.number];
        if (read == null) {
            return Outcome.DONE;
        }
        Session session = link.session;
        if (session == null) {
            Session atHome = links[home].session;
            if (atHome == null) {
                return Outcome.ENDED;
            }
            session = place.shard().attach(link, atHome, mayLoad);
            if (session == null) {
                return Outcome.NEEDS_STORE;
            }
            link.session = session;
        }
        int from = at[place.number];
        place.cursor.wrap(read, from, read.limit());
        int messages = 0;
        Outcome outcome = Outcome.DONE;
        while (outcome == Outcome.DONE && place.cursor.next() == FrameCursor.Step.FRAME) {
            int type = place.cursor.type();
            boolean parsed = place.frame.parse(read, type, place.cursor.bodyStart(), place.cursor.bodyEnd());
            if (!parsed) {
                throw new IllegalStateException("a client's frame does not parse");
            }
            if (ownerOf(place, type) == place.number) {
                link.handles(place.frame);
                Outcome answer = place.shard().apply(session, place.frame, mayLoad);
                world.say(() -> client + " on " + number + ": " + describe(place) + ": " + answer);
                outcome = answer;
            }
            if (outcome == Outcome.DONE) {
                at[place.number] = place.cursor.consumed();
                messages += type == Protocol.ACK ? 0 : 1;
            }
        }
        if (place.number == home) {
            charge(place, session, messages, at[home] - from);
        }
        return outcome;
    }

    private static String describe(Place place) {
        return switch (place.frame.type()) {
            case Protocol.SEND -> "SEND " + place.frame.id();
            case Protocol.ACK -> "ACK " + place.frame.seq();
            default -> "frame " + place.frame.type();
        };
    }

    // ---- towards the client ----

    /** By a link's release. */
    void offer(List<byte[]> staged) {
        for (byte[] frame : staged) {
            queue.add(frame);
            queuedBytes += frame.length;
        }
    }

    void answered(int from, int count, long id) {
        if (links.length > 1) {
            across.answered(from, count, id);
        } else if (id != 0) {
            announce(id);
        }
    }

    private void announce(long id) {
        ByteBuffer frame = ByteBuffer.allocate(ServerFrames.ACCEPTED_BYTES);
        ServerFrames.accepted(frame, id);
        queue.add(frame.array());
        queuedBytes += frame.capacity();
    }

    void goodbye() {
        saidGoodbye = true;
    }

    /** Writes what the socket takes; then there may be room again. */
    void write() {
        while (!queue.isEmpty() && socketBytes < SOCKET_BYTES) {
            byte[] frame = queue.remove();
            queuedBytes -= frame.length;
            socketBytes += frame.length;
            toClient.add(frame);
        }
        if (queue.isEmpty() && waitsForRoom) {
            waitsForRoom = false;
            submit();
        }
        for (Link link : links) {
            link.drained();
        }
    }

    /** By the client. */
    byte @Nullable [] hear() {
        byte[] frame = toClient.poll();
        if (frame != null) {
            socketBytes -= frame.length;
        }
        return frame;
    }

    /** The edge gives up on the client, or is done with it. */
    void close() {
        if (closing) {
            return;
        }
        if (underWay || waitsForRoom) {
            if (!waitsForRoom) {
                clientGone = true;
                toServer.clear();
                return;
            }
            waitsForRoom = false;
            underWay = false;
        }
        closing = true;
        write();
        ended = true;
        for (Link link : links) {
            link.close();
        }
    }

    /** The server is gone: what the socket had taken may still arrive, or not. */
    void cut(boolean socketSurvives) {
        ended = true;
        closing = true;
        queue.clear();
        toServer.clear();
        if (!socketSurvives) {
            toClient.clear();
        }
    }

    /** The server is about to end in good order. */
    void drain() {
        Link link = links[home];
        Session session = link.session;
        if (session != null) {
            world.place(home).submit((place, mayLoad) -> {
                place.shard().end(session, GoodbyeCode.DRAINING, 0, "draining");
                return Outcome.DONE;
            });
        }
        clientGone = true;
        toServer.clear();
    }
}
