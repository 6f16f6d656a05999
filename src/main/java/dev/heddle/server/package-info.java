/**
 * Puts the rooms together: the memory ceiling, the data folder, start and drain. The one place that reads clocks and
 * makes random numbers.
 *
 * <p>Threads: none of its own; it starts and stops those of the other rooms. Depends on all of them.
 */
@NullMarked
package dev.heddle.server;

import org.jspecify.annotations.NullMarked;
