package dev.heddle.bench.load;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;

/** Many senders on one thread, the caller's. Bounded by its senders. */
final class Sending implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 20_000;

    private final Selector selector = Selector.open();
    private final List<Sender> senders = new ArrayList<>();

    Sending() throws IOException {}

    Selector selector() {
        return selector;
    }

    void add(Sender sender) {
        senders.add(sender);
    }

    Sender sender(int number) {
        return senders.get(number);
    }

    int count() {
        return senders.size();
    }

    /** So many messages of each sender; returns when all are accepted. */
    void send(long each) throws IOException {
        more(each);
        int open = (int) senders.stream().filter(sender -> !sender.isDone()).count();
        while (open > 0) {
            if (selector.select(PATIENCE_MILLIS) == 0) {
                throw new IOException(open + " senders wait for an ACCEPTED that does not come");
            }
            open -= goOn();
        }
    }

    /** So many messages more of each sender, as far as windows allow now. */
    void more(long each) throws IOException {
        for (Sender sender : senders) {
            sender.more(each);
            sender.send();
        }
    }

    /** Goes on with what there is for so many milliseconds, or until something has been accepted. */
    void goOnFor(long millis) throws IOException {
        if (selector.select(millis) > 0) {
            goOn();
        }
    }

    /** Those that are ready read and send; returns how many have come to their end. */
    private int goOn() throws IOException {
        int ended = 0;
        for (SelectionKey key : selector.selectedKeys()) {
            Sender sender = (Sender) key.attachment();
            boolean wasDone = sender.isDone();
            if (key.isReadable()) {
                sender.hear();
            }
            sender.send();
            ended += !wasDone && sender.isDone() ? 1 : 0;
        }
        selector.selectedKeys().clear();
        return ended;
    }

    @Override
    public void close() throws IOException {
        for (Sender sender : senders) {
            sender.close();
        }
        selector.close();
    }
}
