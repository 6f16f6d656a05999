package dev.heddle.bench.load;

import dev.heddle.wire.ClientFrames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Frames as large as those of {@link Traffic}, as fast as a relay passes them on: what two sockets and their clients cost on
 * this machine, without a server. The caller's thread sends over one connection, one of its own receives over another; both
 * block. Bounded by two buffers.
 */
public final class RelayFlood {
    private static final int BATCH_BYTES = 32 * 1024;
    private static final int IN_BYTES = 256 * 1024;

    private RelayFlood() {}

    /**
     * Messages that come through in a second.
     *
     * @param bytes of a body
     * @throws IOException if not all of them come, or not as they were sent
     */
    public static double perSecond(int port, long messages, int bytes) throws IOException, InterruptedException {
        ByteBuffer batch = batch(bytes);
        int frameBytes = ClientFrames.sendSize(recipient().length, bytes);
        long total = messages * frameBytes;
        try (SocketChannel sender = Link.dial(port);
                SocketChannel receiver = Link.dial(port)) {
            FutureTask<Long> received = new FutureTask<>(() -> receive(receiver, total));
            Thread.ofPlatform().daemon().name("bench-relay").start(received);
            long begun = System.nanoTime();
            for (long left = total; left > 0; left -= batch.limit()) {
                Link.write(sender, batch.clear().limit((int) Math.min(left, batch.capacity())));
            }
            return messages / ((received.get() - begun) / 1e9);
        } catch (ExecutionException failure) {
            throw new IOException("the relay: " + failure.getCause(), failure.getCause());
        }
    }

    private static ByteBuffer batch(int bytes) {
        int frameBytes = ClientFrames.sendSize(recipient().length, bytes);
        ByteBuffer batch = ByteBuffer.allocateDirect(Math.max(1, BATCH_BYTES / frameBytes) * frameBytes);
        while (batch.hasRemaining()) {
            ClientFrames.send(batch, 0, recipient(), Body.of(bytes));
        }
        return batch;
    }

    private static byte[] recipient() {
        return new Names("relay-to-").name(0);
    }

    /** Returns when the last byte came. */
    private static long receive(SocketChannel receiver, long bytes) throws IOException {
        ByteBuffer in = ByteBuffer.allocateDirect(IN_BYTES);
        for (long left = bytes; left > 0; left -= in.position()) {
            // A read that fills no buffer is what there was; the end of the frames is looked at once, in the last one.
            in.clear().limit((int) Math.min(left, IN_BYTES));
            if (receiver.read(in) < 0) {
                throw new IOException("closed with " + left + " bytes under way");
            }
            if (left == in.position() && in.position() >= Long.BYTES && !Body.endsAt(in, in.position())) {
                throw new IOException("passed on something else");
            }
        }
        return System.nanoTime();
    }
}
