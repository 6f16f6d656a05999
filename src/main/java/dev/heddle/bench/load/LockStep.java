package dev.heddle.bench.load;

import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.ServerFrames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * One message at a time from one connection to another, on the caller's thread, with sockets that block; the same for a server
 * and for a relay, which passes on what it reads. The clock stops when the message has come, before anything is acknowledged.
 * Bounded by two longs a message.
 */
public final class LockStep {
    /** Of how long messages took, and of how long it took afterwards until the next one could be sent; in microseconds. */
    public record Result(double p50, double p90, double p99, double most, double pauseP50) {
        private static Result of(long[] nanos, long[] pauses) {
            Arrays.sort(nanos);
            Arrays.sort(pauses);
            return new Result(
                    at(nanos, 0.5), at(nanos, 0.9), at(nanos, 0.99), nanos[nanos.length - 1] / 1e3, at(pauses, 0.5));
        }

        private static double at(long[] sorted, double part) {
            return sorted[(int) (sorted.length * part)] / 1e3;
        }
    }

    /** One message, there; what it needs afterwards. */
    private interface Step {
        void go() throws IOException;

        void settle() throws IOException;
    }

    /** Messages that are warmed up with between two waits for ACCEPTED. */
    private static final int ACCEPTED_TOGETHER = 20;

    private LockStep() {}

    /** Through a server; every message is checked, acknowledged and accepted before the next one. */
    public static Result throughServer(int port, String name, int messages, int bytes) throws IOException {
        return throughServer(port, name, messages, bytes, 1);
    }

    /** Sends and receives in the same way, but waits for ACCEPTED now and then only: so a new server comes to its speed sooner. */
    public static void warm(int port, String name, int messages, int bytes) throws IOException {
        throughServer(port, name, messages, bytes, ACCEPTED_TOGETHER);
    }

    private static Result throughServer(int port, String name, int messages, int bytes, int together)
            throws IOException {
        byte[] from = new Names(name + "-from-").name(0);
        byte[] to = new Names(name + "-to-").name(0);
        try (Link receiver = Link.open(port, to, 0);
                Link sender = Link.open(port, from, 0)) {
            return measure(new ServerStep(sender, receiver, from, to, bytes, together), messages);
        }
    }

    /** Through a relay; after each message the client is away for about so long. */
    public static Result throughRelay(int port, int messages, int bytes, long pauseNanos) throws IOException {
        try (SocketChannel sender = Link.dial(port);
                SocketChannel receiver = Link.dial(port)) {
            return measure(new RelayStep(sender, receiver, bytes, pauseNanos), messages);
        }
    }

    private static Result measure(Step step, int messages) throws IOException {
        long[] nanos = new long[messages];
        long[] pauses = new long[messages];
        for (int i = 0; i < messages; i++) {
            long begun = System.nanoTime();
            step.go();
            long come = System.nanoTime();
            step.settle();
            nanos[i] = come - begun;
            pauses[i] = System.nanoTime() - come;
        }
        return Result.of(nanos, pauses);
    }

    private static final class ServerStep implements Step {
        private static final int ID_AT = Protocol.LENGTH_BYTES + 1;

        private final SocketChannel sender;
        private final SocketChannel receiver;
        private final ByteBuffer send;
        private final ByteBuffer delivered;
        private final ByteBuffer ack = ByteBuffer.allocateDirect(ClientFrames.ACK_BYTES);
        private final ByteBuffer accepted = ByteBuffer.allocateDirect(ServerFrames.ACCEPTED_BYTES);
        private final int together;
        private long id;
        private long answered;

        /** @param together as many are sent before it waits for ACCEPTED, which may come for several at once */
        private ServerStep(Link sender, Link receiver, byte[] from, byte[] to, int bytes, int together) {
            this.sender = sender.channel();
            this.together = together;
            this.receiver = receiver.channel();
            this.id = sender.firstId() - 1;
            this.answered = id;
            send = ByteBuffer.allocateDirect(ClientFrames.sendSize(to.length, bytes));
            ClientFrames.send(send, 0, to, Body.of(bytes));
            delivered = ByteBuffer.allocateDirect(ServerFrames.deliverSize(from.length, bytes));
            ClientFrames.ack(ack, 0);
        }

        @Override
        public void go() throws IOException {
            send.clear().putLong(ID_AT, ++id);
            Link.write(sender, send);
            Link.read(receiver, delivered.clear());
        }

        @Override
        public void settle() throws IOException {
            // DELIVER's seq stands where SEND and ACCEPTED have their ids, and its id behind it.
            if (delivered.getLong(ID_AT + 8) != id || !Body.endsAt(delivered, delivered.limit())) {
                throw new IOException("sent was message " + id + ", received something else");
            }
            ack.clear().putLong(ID_AT, delivered.getLong(ID_AT));
            Link.write(receiver, ack);
            if (id - answered < together) {
                return;
            }
            while (answered < id) {
                Link.read(sender, accepted.clear());
                long last = accepted.getLong(ID_AT);
                if (last <= answered || last > id) {
                    throw new IOException("sent was message " + id + ", accepted " + last);
                }
                answered = last;
            }
        }
    }

    private static final class RelayStep implements Step {
        /** To be woken by the clock takes that much longer than was asked for: the kernel's timer slack. */
        private static final long SLACK_NANOS = 50_000;

        private final SocketChannel sender;
        private final SocketChannel receiver;
        private final ByteBuffer sent;
        private final ByteBuffer received;
        private final long pauseNanos;

        private RelayStep(SocketChannel sender, SocketChannel receiver, int bytes, long pauseNanos) {
            this.pauseNanos = pauseNanos;
            this.sender = sender;
            this.receiver = receiver;
            sent = ByteBuffer.allocateDirect(bytes).put(Body.of(bytes));
            received = ByteBuffer.allocateDirect(bytes);
        }

        @Override
        public void go() throws IOException {
            Link.write(sender, sent.clear());
            Link.read(receiver, received.clear());
        }

        @Override
        public void settle() throws IOException {
            if (!Body.endsAt(received, received.limit())) {
                throw new IOException("the relay passed on something else");
            }
            if (pauseNanos > SLACK_NANOS) {
                LockSupport.parkNanos(pauseNanos - SLACK_NANOS);
            }
        }
    }
}
