package dev.heddle.sim;

import dev.heddle.sim.SimConnection.Said;
import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.RejectCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One user's client, which keeps to the protocol: resends in order, ignores what is at or below its cursor. */
final class SimClient {
    private static final class Outgoing {
        final String to;
        final byte[] body;

        Outgoing(String to, byte[] body) {
            this.to = to;
            this.body = body;
        }
    }

    final String name;
    final byte[] nameBytes;
    final boolean keepsCursor;
    final boolean lazy;

    private final RandomGenerator random;
    private final Oracle oracle;
    private final Consumer<String> trace;
    private final ToIntFunction<String> shardOf;
    private final TreeMap<Long, Outgoing> unanswered = new TreeMap<>();

    private long nextId = 1;
    private long lastUsed;
    private long cursor;
    private long highestSeen;
    private long acknowledged;

    @Nullable
    SimConnection connection;

    SimClient(
            String name, RandomGenerator random, Oracle oracle, ToIntFunction<String> shardOf, Consumer<String> trace) {
        this.trace = trace;
        this.name = name;
        this.nameBytes = name.getBytes(StandardCharsets.UTF_8);
        this.random = random;
        this.oracle = oracle;
        this.shardOf = shardOf;
        this.keepsCursor = random.nextInt(3) > 0;
        this.lazy = random.nextInt(4) == 0;
    }

    boolean isOnline() {
        return connection != null && connection.loggedIn;
    }

    boolean isSettled() {
        return unanswered.isEmpty();
    }

    int unanswered() {
        return unanswered.size();
    }

    void connected(SimConnection opened) {
        connection = opened;
        highestSeen = 0;
        acknowledged = 0;
        ByteBuffer login = ByteBuffer.allocate(256);
        ClientFrames.login(login, nameBytes, keepsCursor ? cursor : 0, new byte[0]);
        opened.toServer.add(login.flip());
    }

    void disconnected() {
        connection = null;
    }

    void send(String to, int most) {
        SimConnection here = connection;
        if (here == null || !here.loggedIn) {
            return;
        }
        long id = nextId;
        nextId += 1 + random.nextInt(3);
        lastUsed = id;
        byte[] body = new byte[random.nextInt(most)];
        random.nextBytes(body);
        unanswered.put(id, new Outgoing(to, body));
        oracle.sent(name, id, to, Arrays.hashCode(body));
        frame(here, id, to, body);
    }

    private static void frame(SimConnection here, long id, String to, byte[] body) {
        byte[] recipient = to.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(ClientFrames.sendSize(recipient.length, body.length));
        ClientFrames.send(out, id, recipient, body);
        here.toServer.add(out.flip());
    }

    void acknowledge() {
        SimConnection here = connection;
        if (here == null || !here.loggedIn || highestSeen <= acknowledged) {
            return;
        }
        acknowledged = highestSeen;
        ByteBuffer out = ByteBuffer.allocate(ClientFrames.ACK_BYTES);
        ClientFrames.ack(out, highestSeen);
        here.toServer.add(out.flip());
        here.unacknowledged = 0;
    }

    void query(String user) {
        SimConnection here = connection;
        if (here != null && here.loggedIn) {
            byte[] bytes = user.getBytes(StandardCharsets.UTF_8);
            ByteBuffer out = ByteBuffer.allocate(64);
            switch (random.nextInt(4)) {
                case 0 -> ClientFrames.watch(out, bytes);
                case 1 -> ClientFrames.unwatch(out, bytes);
                case 2 -> ClientFrames.signal(out, bytes, new byte[3]);
                default -> ClientFrames.query(out, 7, bytes);
            }
            here.toServer.add(out.flip());
        }
    }

    /** Takes the next thing the server said; false if there is none. */
    boolean hear() {
        SimConnection here = connection;
        Said said = here == null ? null : here.toClient.poll();
        if (here == null || said == null) {
            return false;
        }
        trace.accept(name + " hears " + said);
        switch (said) {
            case Said.Welcome welcome -> welcome(here, welcome);
            case Said.Accepted accepted -> accepted(accepted);
            case Said.Rejected rejected -> rejected(rejected);
            case Said.Deliver deliver -> deliver(deliver);
            case Said.Presence presence -> {}
            case Said.Goodbye goodbye -> goodbye(here, goodbye.code());
        }
        return true;
    }

    private void welcome(SimConnection here, Said.Welcome welcome) {
        if (Long.compareUnsigned(welcome.firstId(), lastUsed) <= 0) {
            oracle.note(
                    name + ": firstId " + welcome.firstId() + " is not above " + lastUsed + ", which was used before");
        }
        here.loggedIn = true;
        nextId = Math.max(nextId, welcome.firstId());
        unanswered.forEach((id, message) -> frame(here, id, message.to, message.body));
    }

    private void accepted(Said.Accepted accepted) {
        var done = unanswered.headMap(accepted.id(), true);
        done.entrySet().removeIf(entry -> {
            boolean covered = shardOf.applyAsInt(entry.getValue().to) == accepted.shard();
            if (covered) {
                oracle.accepted(name, entry.getKey());
            }
            return covered;
        });
    }

    private void rejected(Said.Rejected rejected) {
        if (unanswered.remove(rejected.id()) == null) {
            return;
        }
        if (rejected.code() == RejectCode.DUPLICATE) {
            oracle.accepted(name, rejected.id());
        } else {
            oracle.rejected(name, rejected.id(), rejected.code() == RejectCode.TOO_OLD);
        }
    }

    private void deliver(Said.Deliver deliver) {
        if (deliver.seq() <= highestSeen) {
            oracle.note(name + ": seq " + deliver.seq() + " after " + highestSeen + " on one connection");
        }
        highestSeen = deliver.seq();
        if (keepsCursor && deliver.seq() <= cursor) {
            return;
        }
        cursor = Math.max(cursor, deliver.seq());
        oracle.arrived(name, deliver.seq(), deliver.sender(), deliver.id(), deliver.bodyHash(), !keepsCursor);
    }

    private void goodbye(SimConnection here, GoodbyeCode code) {
        here.loggedIn = false;
        boolean ours = code == GoodbyeCode.REPLACED || code == GoodbyeCode.BYE || code == GoodbyeCode.DRAINING;
        if (!ours && code != GoodbyeCode.OVERLOADED) {
            oracle.note(name + ": GOODBYE " + code + " to a client that keeps to the protocol");
        }
    }
}
