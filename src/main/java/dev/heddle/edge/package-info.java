/**
 * Where clients connect. A {@link dev.heddle.edge.Listener} accepts, each connection has a virtual thread that reads, while
 * there is something to read, and one outlet for each shard that talks to it, and one {@link dev.heddle.edge.Poller} starts
 * readers and writers when their sockets are ready.
 *
 * <p>A {@link dev.heddle.edge.Connection} knows how far it is and how it ends. What comes in is
 * {@link dev.heddle.edge.Inflow}'s, by way of {@link dev.heddle.edge.Login} at first and of
 * {@link dev.heddle.edge.Dispatch} then; what goes out {@link dev.heddle.edge.Outflow}'s.
 *
 * <p>No socket ever blocks a thread: channels are non-blocking, a reader ends or parks when there is nothing to read, and what
 * a socket does not take at once is written by a virtual thread that exists only while there is something to write. So any
 * thread may write to any client, and a client that does not read holds nobody up.
 *
 * <p>A {@link dev.heddle.edge.Port} speaks plain TCP or TLS. For TLS a {@link dev.heddle.edge.TlsChannel} stands in the place of
 * the socket, and does not block either; nothing else knows of it. A plain connection pays nothing for that.
 *
 * <p>Threads: at most one virtual thread a connection that reads and one that writes, neither of them while there is nothing
 * to do; the poller and the listener (platform threads). Depends on {@code wire}, {@code routing}, the ports of {@code shard},
 * and {@code auth}, which says who may log in.
 */
@NullMarked
package dev.heddle.edge;

import org.jspecify.annotations.NullMarked;
