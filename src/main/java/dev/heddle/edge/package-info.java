/**
 * Where clients connect. A {@link dev.heddle.edge.Listener} accepts, each connection has a virtual thread that reads and one
 * outlet for each shard that talks to it, and one {@link dev.heddle.edge.Poller} wakes readers and writers when their sockets
 * are ready.
 *
 * <p>No socket ever blocks a thread: channels are non-blocking, a reader parks until the poller wakes it, and what a socket
 * does not take at once is written by a virtual thread that exists only while there is something to write. So any thread may
 * write to any client, and a client that does not read holds nobody up.
 *
 * <p>A {@link dev.heddle.edge.Port} speaks plain TCP or TLS. For TLS a {@link dev.heddle.edge.TlsChannel} stands in the place of
 * the socket, and does not block either; nothing else knows of it. A plain connection pays nothing for that.
 *
 * <p>Threads: one virtual thread a connection, one more while it has output that did not go at once, the poller and the
 * listener (platform threads). Depends on {@code wire}, {@code routing}, the ports of {@code shard},
 * and {@code auth}, which says who may log in.
 */
@NullMarked
package dev.heddle.edge;

import org.jspecify.annotations.NullMarked;
