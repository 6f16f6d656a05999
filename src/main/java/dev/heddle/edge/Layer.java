package dev.heddle.edge;

import java.io.IOException;
import java.nio.channels.ByteChannel;

/**
 * What lies between a connection's frames and its socket, and is read and written in the place of that socket: the connection's
 * reader reads, and whoever is the writer of its queue writes, but where it says otherwise.
 */
interface Layer extends ByteChannel {
    /** Any thread: whether the reader goes on when the socket takes more, and not before. */
    default boolean wantsOut() {
        return false;
    }

    /** Any thread: whether a read brings something although the socket may have nothing. */
    default boolean wantsIn() {
        return false;
    }

    /** The reader: there is a session, whose messages have this id and those above it. */
    default void opened(long firstId) {}

    /** The reader: of what the latest read took from the socket, how many bytes more than it brought. Told once. */
    default int takePassedOver() {
        return 0;
    }

    /** The reader: what was read is being handled, and the client has no part in how long that takes. */
    default void isHandled() {}

    /** The reader: that is over, or goes on when the client has read its answers. */
    default void isNotHandled() {}

    /** The reader: what the client still says is of no use. From now on the socket itself is read, and what comes is dropped. */
    default void stopHearing() {}

    /** The poller: nothing more is written. */
    default void endOutput() throws IOException {}

    /** The reader's last act: gives back what it holds. The socket is the poller's to close. */
    @Override
    void close();

    /** As {@link dev.heddle.shard.Client#unacknowledged}. */
    default int unacknowledged() {
        return 0;
    }

    /** As {@link dev.heddle.shard.Client#acknowledgedAhead}; any thread. */
    default int acknowledgedAhead() {
        return 0;
    }
}
