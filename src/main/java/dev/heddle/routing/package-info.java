/**
 * Everything that runs between a socket and the log: the rings, the passing of a shard's ownership from thread to thread, the
 * forcing of the log, and which user belongs to which shard.
 *
 * <p>Threads: for each shard one resident owner and one syncer, both platform threads; and whoever submits a command, which
 * may own the shard for a moment. Depends on {@code shard}, {@code log}, {@code wire}.
 */
@NullMarked
package dev.heddle.routing;

import org.jspecify.annotations.NullMarked;
