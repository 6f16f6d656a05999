package dev.heddle.bench.load;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;

/** Connections that ask who is online, many questions at a time, on the caller's thread. Bounded by its connections. */
public final class Questions implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 20_000;

    private final Selector selector = Selector.open();
    private final List<Asker> askers = new ArrayList<>();

    /**
     * Logs them in.
     *
     * @param name asked after are the users {@code name-} with five digits
     * @param users how many of them
     */
    public Questions(int port, String name, int users, int connections) throws IOException {
        try {
            for (int i = 0; i < connections; i++) {
                askers.add(new Asker(port, new Names("asker-").name(i), selector, new Names(name + "-"), users));
            }
        } catch (IOException | RuntimeException failure) {
            close();
            throw failure;
        }
    }

    /**
     * So many questions on each connection; returns the seconds until all were answered.
     *
     * @throws IOException if one was answered twice, not at all or for another user
     */
    public double ask(int each) throws IOException {
        long begun = System.nanoTime();
        int open = askers.size();
        for (Asker asker : askers) {
            asker.more(each);
            asker.ask();
        }
        while (open > 0) {
            if (selector.select(PATIENCE_MILLIS) == 0) {
                throw new IOException(open + " connections wait for answers that do not come");
            }
            for (SelectionKey key : selector.selectedKeys()) {
                Asker asker = (Asker) key.attachment();
                boolean wasDone = asker.isDone();
                if (key.isReadable()) {
                    asker.hear();
                }
                asker.ask();
                if (!wasDone && asker.isDone()) {
                    open--;
                }
            }
            selector.selectedKeys().clear();
        }
        return (System.nanoTime() - begun) / 1e9;
    }

    @Override
    public void close() throws IOException {
        for (Asker asker : askers) {
            asker.close();
        }
        selector.close();
    }
}
