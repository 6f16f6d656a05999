package dev.heddle.bench.load;

import dev.heddle.wire.ClientFrames;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * About as many bytes as {@link Traffic} sends, as fast as a relay passes them on: what two sockets cost on this machine, without
 * a server and with clients that do nothing with what they have. Two threads of its own send and receive; the caller's waits.
 * Bounded by two buffers.
 */
public final class RelayFlood {
    private static final int BATCH_BYTES = 32 * 1024;
    private static final int IN_BYTES = 256 * 1024;
    private static final int PATIENCE_SECONDS = 20;

    private RelayFlood() {}

    /**
     * Messages that come through in a second.
     *
     * @param bytes of a body
     * @throws IOException if not all of them come, within 20 seconds
     */
    public static double perSecond(int port, long messages, int bytes) throws IOException, InterruptedException {
        byte[] recipient = new Names("relay-to-").name(0);
        int frameBytes = ClientFrames.sendSize(recipient.length, bytes);
        ByteBuffer batch = ByteBuffer.allocateDirect(Math.max(1, BATCH_BYTES / frameBytes) * frameBytes);
        while (batch.hasRemaining()) {
            ClientFrames.send(batch, 0, recipient, Body.of(bytes));
        }
        long total = messages * frameBytes;
        try (SocketChannel sender = Link.dial(port);
                SocketChannel receiver = Link.dial(port)) {
            FutureTask<Long> received = new FutureTask<>(() -> receive(receiver, total));
            FutureTask<Long> sent = new FutureTask<>(() -> send(sender, batch, total));
            Thread.ofPlatform().daemon().name("bench-relay-receiving").start(received);
            long begun = System.nanoTime();
            Thread.ofPlatform().daemon().name("bench-relay-sending").start(sent);
            try {
                return messages / ((received.get(PATIENCE_SECONDS, TimeUnit.SECONDS) - begun) / 1e9);
            } catch (ExecutionException | TimeoutException failure) {
                IOException less = new IOException("the relay did not pass on all that it was to be sent", failure);
                if (sent.state() == Future.State.FAILED) {
                    less.addSuppressed(sent.exceptionNow());
                }
                throw less;
            }
        }
    }

    private static long send(SocketChannel sender, ByteBuffer batch, long bytes) throws IOException {
        for (long left = bytes; left > 0; left -= batch.limit()) {
            Link.write(sender, batch.clear().limit((int) Math.min(left, batch.capacity())));
        }
        return bytes;
    }

    /** Returns when the last byte came. */
    private static long receive(SocketChannel receiver, long bytes) throws IOException {
        ByteBuffer in = ByteBuffer.allocateDirect(IN_BYTES);
        for (long left = bytes; left > 0; left -= in.position()) {
            if (receiver.read(in.clear()) < 0) {
                throw new EOFException("closed with " + left + " bytes under way");
            }
        }
        return System.nanoTime();
    }
}
