package dev.heddle.bench.load;

import dev.heddle.bench.load.Sequence.Faults;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;

/** Many receivers on one thread, the caller's. Bounded by its receivers. */
final class Receiving implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 10_000;

    private final Selector selector = Selector.open();
    private final List<Receiver> receivers = new ArrayList<>();

    Receiving() throws IOException {}

    Selector selector() {
        return selector;
    }

    void add(Receiver receiver) {
        receivers.add(receiver);
    }

    Receiver receiver(int number) {
        return receivers.get(number);
    }

    int count() {
        return receivers.size();
    }

    /** Returns when so many messages more have come, or none for ten seconds; the instant of the last, of the monotonic clock. */
    long receive(long messages) throws IOException {
        long left = messages;
        while (left > 0 && selector.select(PATIENCE_MILLIS) > 0) {
            for (SelectionKey key : selector.selectedKeys()) {
                left -= ((Receiver) key.attachment()).receive();
            }
            selector.selectedKeys().clear();
        }
        return System.nanoTime();
    }

    /** Of all receivers. */
    Faults faults() {
        Faults faults = Faults.NONE;
        for (Receiver receiver : receivers) {
            faults = faults.plus(receiver.sequence().faults());
        }
        return faults;
    }

    @Override
    public void close() throws IOException {
        for (Receiver receiver : receivers) {
            receiver.close();
        }
        selector.close();
    }
}
