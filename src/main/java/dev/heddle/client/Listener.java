package dev.heddle.client;

import dev.heddle.wire.GoodbyeCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * What a client hears. Called by the client's reader, one call at a time and in order: while a call lasts, nothing more is
 * read, so it must not wait for a receipt or the answer to a question. What a call throws is told to {@link #onFailure}; {@link HeddleClient} says what follows from it.
 */
public interface Listener {
    /**
     * A message, each once as long as the cursor is kept. It is dealt with when this returns; if this throws, the message comes
     * again on the next connection, before all that follow it. With {@link ClientOptions#withExplicitAck}, what was not acknowledged
     * comes again on the next connection, too.
     */
    default void onMessage(Delivery delivery) {}

    /** A watched user's presence, now and after each change. */
    default void onPresence(Presence presence) {}

    /** A signal, which is never stored. */
    default void onSignal(String sender, byte[] body) {}

    /** Logged in; so many messages wait. */
    default void onConnected(long backlog) {}

    /** The connection is gone, or the listener, token source or cursor store failed; the client connects again. */
    default void onDisconnected(String why) {}

    /** The client has ended for good; the code is null if it was closed, or gave up, by itself. */
    default void onEnded(@Nullable GoodbyeCode code, String why) {}

    /** The caller's own code threw this: the listener, the token source, or the cursor store. It is logged unless overridden. */
    default void onFailure(Throwable failure) {
        LoggerFactory.getLogger(HeddleClient.class).warn("the code that uses a client failed", failure);
    }
}
