package dev.heddle.bench.load;

import java.io.IOException;

/**
 * Messages to inboxes whose owners are away, as fast as they are accepted; the caller's thread. Bounded by its connections.
 */
public final class Mailing implements AutoCloseable {
    private static final int DRAIN_BYTES = 256 * 1024;

    private final int port;
    private final int bytes;
    private final int recipients;
    private final Names names;
    private final Sequence first;
    private final Sending sending = new Sending();

    /**
     * Logs the senders in.
     *
     * @param recipients each message goes to another one, in turn; every one of them is a user {@code name-} with five digits
     */
    public Mailing(int port, String name, int senders, int recipients, int bytes) throws IOException {
        this.port = port;
        this.bytes = bytes;
        this.recipients = recipients;
        this.names = new Names(name + "-");
        this.first = new Sequence(senders);
        try {
            Names from = new Names(name + "-from-");
            for (int i = 0; i < senders; i++) {
                long turn = (long) recipients / senders * i;
                sending.add(new Sender(port, from.name(i), sending.selector(), names, recipients, turn, bytes));
                first.expect(i, sending.sender(i).next());
            }
        } catch (IOException | RuntimeException failure) {
            close();
            throw failure;
        }
    }

    /** So many messages of each sender; returns the seconds until all were accepted. */
    public double send(long each) throws IOException {
        long begun = System.nanoTime();
        sending.send(each);
        return (System.nanoTime() - begun) / 1e9;
    }

    /**
     * The only recipient logs in and takes what waits; returns the seconds from before the login until the last.
     *
     * @throws IOException if anything is not as it was sent, with how many of what
     */
    public double drain(long messages) throws IOException {
        if (recipients != 1) {
            throw new IllegalStateException("which of " + recipients + "?");
        }
        try (Receiving receiving = new Receiving()) {
            long begun = System.nanoTime();
            receiving.add(new Receiver(
                    port, names.name(0), first.seq(), receiving.selector(), first, bytes, DRAIN_BYTES + 2 * bytes));
            long last = receiving.receive(messages);
            for (int i = 0; i < sending.count(); i++) {
                first.end(i, sending.sender(i).next());
            }
            first.faults().refuse();
            return (last - begun) / 1e9;
        }
    }

    @Override
    public void close() throws IOException {
        sending.close();
    }
}
