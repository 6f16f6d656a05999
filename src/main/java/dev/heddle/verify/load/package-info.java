/**
 * Load generators: processes of their own ({@link dev.heddle.verify.load.LoadMain}) that speak the protocol by the codecs of
 * {@code wire}, and {@link dev.heddle.verify.load.LoadProcess}, what a scenario holds of one. Parent and child talk in lines
 * of one word and a JSON value ({@link dev.heddle.verify.load.Orders}).
 *
 * <p>Most load comes from a {@link dev.heddle.verify.load.Swarm}: thousands of peers on one selector thread, in groups. Where
 * single microseconds count there are {@link dev.heddle.verify.load.PairRun two blocking sockets} instead.
 *
 * <p>Threads: in the child one for orders, one for the swarm, and those that a single order needs while it runs. Depends on
 * {@code oracle}, {@code process} and {@code wire}.
 */
@NullMarked
package dev.heddle.verify.load;

import org.jspecify.annotations.NullMarked;
