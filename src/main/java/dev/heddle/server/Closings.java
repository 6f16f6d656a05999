package dev.heddle.server;

import dev.heddle.events.Event;
import dev.heddle.events.EventLog;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server has open, and is to close in reverse; the thread that starts and stops the server. Bounded by the parts of the
 * server.
 */
final class Closings {
    private static final Logger LOG = LoggerFactory.getLogger(Closings.class);

    /** One thing to be closed. */
    interface Closing {
        void close() throws Exception;
    }

    private final Deque<Closing> opened = new ArrayDeque<>();

    void add(Closing closing) {
        opened.push(closing);
    }

    <T extends AutoCloseable> T keep(T thing) {
        add(thing::close);
        return thing;
    }

    /**
     * Closes everything, also where something cannot be.
     *
     * @param cause why, and what else goes wrong belongs to it; null: there is nothing wrong
     */
    void closeAll(EventLog events, @Nullable Throwable cause) {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception also) {
                if (cause == null) {
                    events.at(LOG, Event.FAULT).setCause(also).log();
                } else {
                    cause.addSuppressed(also);
                }
            }
        }
    }
}
