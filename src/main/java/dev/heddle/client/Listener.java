package dev.heddle.client;

import dev.heddle.wire.GoodbyeCode;
import org.jspecify.annotations.Nullable;

/**
 * What a client hears. Called by the client's reader, one call at a time and in order: while a call lasts, nothing more is
 * read. An exception is logged, and the message counts as dealt with.
 */
public interface Listener {
    /**
     * A message, each once as long as the cursor is kept. With {@link ClientOptions#withExplicitAck}, what was not acknowledged
     * comes again on the next connection.
     */
    default void onMessage(Delivery delivery) {}

    /** A watched user's presence, now and after each change. */
    default void onPresence(Presence presence) {}

    /** A signal, which is never stored. */
    default void onSignal(String sender, byte[] body) {}

    /** Logged in; so many messages wait. */
    default void onConnected(long backlog) {}

    /** The connection is gone, and is tried again. */
    default void onDisconnected(String why) {}

    /** The client has ended for good; the code is null if it was closed, or gave up, by itself. */
    default void onEnded(@Nullable GoodbyeCode code, String why) {}
}
