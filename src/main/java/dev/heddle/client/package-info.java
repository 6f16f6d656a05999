/**
 * The Java client: {@link dev.heddle.client.HeddleClient}. It keeps what was not accepted and sends it again after a lost
 * connection, with the old ids and in the old order, and ignores what it has seen before.
 *
 * <p>Threads: two virtual ones a client, a reader that also calls the listener, and a writer. Depends on {@code wire}.
 */
@NullMarked
package dev.heddle.client;

import org.jspecify.annotations.NullMarked;
