/**
 * A door for clients of the Erlang system that Heddle replaces: a gateway that speaks their unframed protocol to them
 * ({@link dev.heddle.legacy.Legacy} draws it) and Heddle's own to the server, as one more client of it on a loopback
 * connection. So what the server promises holds for them too, and nothing that they do reaches further than a client of
 * Heddle's own protocol can reach.
 *
 * <p>A {@link dev.heddle.legacy.Gateway} accepts, and each {@link dev.heddle.legacy.Conversation} has two virtual threads: one
 * brings {@link dev.heddle.legacy.Commands} to the server, one brings {@link dev.heddle.legacy.Deliveries} to the client. Both
 * block: a client that does not read stops the one that reads from the server, which then has a slow client as any other; a
 * server that does not read stops the one that reads from the client. Nothing is queued in between but two buffers each way.
 *
 * <p>Threads: two virtual ones a connection, and the listener's. Depends on {@code wire} and {@code events}.
 */
@NullMarked
package dev.heddle.legacy;

import org.jspecify.annotations.NullMarked;
