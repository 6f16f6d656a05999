package dev.heddle.bench.load;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Messages as fast as they are accepted, to receivers that are online; the caller's thread sends, one of its own receives.
 * Connections stay from run to run. Bounded by its connections.
 */
public final class Traffic implements AutoCloseable {
    private static final int ONE_RECEIVER_BYTES = 256 * 1024;
    private static final int MANY_RECEIVERS_BYTES = 32 * 1024;

    /**
     * A run in which every message was accepted and received, once and in order.
     *
     * @param acceptedSeconds until the last was accepted
     * @param receivedSeconds until the last was received
     */
    public record Result(long messages, double acceptedSeconds, double receivedSeconds) {
        public double acceptedPerSecond() {
            return messages / acceptedSeconds;
        }

        public double receivedPerSecond() {
            return messages / receivedSeconds;
        }
    }

    private final Sending sending = new Sending();
    private final Receiving receiving = new Receiving();

    private Traffic() throws IOException {}

    /** All senders to one receiver. */
    public static Traffic fanIn(int port, String name, int senders, int bytes) throws IOException {
        Traffic traffic = new Traffic();
        try {
            Names to = new Names(name + "-to-");
            traffic.receiver(port, to.name(0), new Sequence(senders), bytes, ONE_RECEIVER_BYTES);
            for (int i = 0; i < senders; i++) {
                traffic.sender(port, name, i, to, 0, bytes);
            }
            return traffic;
        } catch (IOException | RuntimeException failure) {
            traffic.close();
            throw failure;
        }
    }

    /** A receiver for each sender. */
    public static Traffic pairs(int port, String name, int pairs, int bytes) throws IOException {
        Traffic traffic = new Traffic();
        try {
            Names to = new Names(name + "-to-");
            for (int i = 0; i < pairs; i++) {
                traffic.receiver(port, to.name(i), new Sequence(pairs), bytes, MANY_RECEIVERS_BYTES);
                traffic.sender(port, name, i, to, i, bytes);
            }
            return traffic;
        } catch (IOException | RuntimeException failure) {
            traffic.close();
            throw failure;
        }
    }

    private void receiver(int port, byte[] user, Sequence sequence, int bytes, int bufferBytes) throws IOException {
        receiving.add(new Receiver(port, user, 0, receiving.selector(), sequence, bytes, bufferBytes + 2 * bytes));
    }

    private void sender(int port, String name, int number, Names to, int toNumber, int bytes) throws IOException {
        byte[] user = new Names(name + "-from-").name(number);
        sending.add(new Sender(port, user, sending.selector(), to, 1, toNumber, bytes));
        inboxOf(number).expect(number, sending.sender(number).next());
    }

    /** Where this sender's messages arrive. */
    private Sequence inboxOf(int sender) {
        return receiving.receiver(receiving.count() == 1 ? 0 : sender).sequence();
    }

    /**
     * So many messages of each sender.
     *
     * @throws IOException if one was not accepted or not received as it should, with how many of them
     */
    public Result run(long each) throws IOException, InterruptedException {
        long messages = each * sending.count();
        FutureTask<Long> received = new FutureTask<>(() -> receiving.receive(messages));
        Thread.ofPlatform().daemon().name("bench-receiving").start(received);
        long begun = System.nanoTime();
        sending.send(each);
        long accepted = System.nanoTime();
        try {
            long last = received.get();
            check();
            return new Result(messages, (accepted - begun) / 1e9, (last - begun) / 1e9);
        } catch (ExecutionException failure) {
            throw new IOException("receiving failed: " + failure.getCause(), failure.getCause());
        }
    }

    private void check() throws IOException {
        for (int i = 0; i < sending.count(); i++) {
            inboxOf(i).end(i, sending.sender(i).next());
        }
        receiving.faults().refuse();
    }

    @Override
    public void close() throws IOException {
        sending.close();
        receiving.close();
    }
}
