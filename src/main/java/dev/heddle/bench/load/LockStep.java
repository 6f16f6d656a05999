package dev.heddle.bench.load;

import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.ServerFrames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/**
 * One message at a time from one connection to another, on the caller's thread, with sockets that block; the same for a server
 * and for a relay, which passes on what it reads. The clock stops when the message has come, before anything is acknowledged.
 * Bounded by a long a message.
 */
public final class LockStep {
    /** Of how long messages took, in microseconds. */
    public record Result(double p50, double p90, double p99, double most) {
        private static Result of(long[] nanos) {
            Arrays.sort(nanos);
            return new Result(at(nanos, 0.5), at(nanos, 0.9), at(nanos, 0.99), nanos[nanos.length - 1] / 1e3);
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

    private LockStep() {}

    /** Through a server; every message is checked, acknowledged and accepted before the next one. */
    public static Result throughServer(int port, String name, int messages, int bytes) throws IOException {
        byte[] from = new Names(name + "-from-").name(0);
        byte[] to = new Names(name + "-to-").name(0);
        try (Link receiver = Link.open(port, to, 0);
                Link sender = Link.open(port, from, 0)) {
            return measure(new ServerStep(sender, receiver, from, to, bytes), messages);
        }
    }

    /** Through a relay. */
    public static Result throughRelay(int port, int messages, int bytes) throws IOException {
        try (SocketChannel sender = Link.dial(port);
                SocketChannel receiver = Link.dial(port)) {
            return measure(new RelayStep(sender, receiver, bytes), messages);
        }
    }

    private static Result measure(Step step, int messages) throws IOException {
        long[] nanos = new long[messages];
        for (int i = 0; i < messages; i++) {
            long begun = System.nanoTime();
            step.go();
            nanos[i] = System.nanoTime() - begun;
            step.settle();
        }
        return Result.of(nanos);
    }

    private static final class ServerStep implements Step {
        private static final int ID_AT = Protocol.LENGTH_BYTES + 1;

        private final SocketChannel sender;
        private final SocketChannel receiver;
        private final ByteBuffer send;
        private final ByteBuffer delivered;
        private final ByteBuffer ack = ByteBuffer.allocateDirect(ClientFrames.ACK_BYTES);
        private final ByteBuffer accepted = ByteBuffer.allocateDirect(ServerFrames.ACCEPTED_BYTES);
        private long id;

        private ServerStep(Link sender, Link receiver, byte[] from, byte[] to, int bytes) {
            this.sender = sender.channel();
            this.receiver = receiver.channel();
            this.id = sender.firstId() - 1;
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
            Link.read(sender, accepted.clear());
            if (accepted.getLong(ID_AT) != id) {
                throw new IOException("sent was message " + id + ", accepted " + accepted.getLong(ID_AT));
            }
        }
    }

    private static final class RelayStep implements Step {
        private final SocketChannel sender;
        private final SocketChannel receiver;
        private final ByteBuffer sent;
        private final ByteBuffer received;

        private RelayStep(SocketChannel sender, SocketChannel receiver, int bytes) {
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
        }
    }
}
