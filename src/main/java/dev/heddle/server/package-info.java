/**
 * Puts the rooms together: the memory ceiling, the data folder, start and drain. The one place that reads clocks and
 * makes random numbers.
 *
 * <p>A {@link dev.heddle.server.Server} opens its parts in order and notes them in {@link dev.heddle.server.Closings}, among
 * them its {@link dev.heddle.server.Shards}; {@link dev.heddle.server.Drain} brings them to rest.
 *
 * <p>Threads: none of its own; it starts and stops those of the other rooms. Depends on all of them.
 */
@NullMarked
package dev.heddle.server;

import org.jspecify.annotations.NullMarked;
