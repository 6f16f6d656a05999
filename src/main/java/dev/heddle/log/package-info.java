/**
 * The durable log of one shard: append-only segments of records, each a type and a payload whose meaning is the
 * caller's. What was forced is given back after any crash or refused loudly, and never silently lost.
 *
 * <p>Threads: none are started here. A {@link dev.heddle.log.Log} belongs to one thread; a
 * {@link dev.heddle.log.ForceRequest} may be run by another. No clock and no random source either, and all storage goes
 * through {@link dev.heddle.log.Disk}, so that a simulation can run all of it from a seed.
 *
 * <p>Depends on the JDK only.
 */
@NullMarked
package dev.heddle.log;

import org.jspecify.annotations.NullMarked;
