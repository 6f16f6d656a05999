/**
 * A seeded simulation of the core: real shards and real logs on a disk that fails, with simulated edges, clients and time.
 * Everything that happens follows from one seed.
 */
@NullMarked
package dev.heddle.sim;

import org.jspecify.annotations.NullMarked;
