/**
 * What is remembered of every user: presence, the floor of its message ids, where its inbox stands. One off-heap map a shard;
 * this is the only package that knows Chronicle Map.
 *
 * <p>Threads: none of its own. A store is touched by its shard's owner alone. Depends on nothing of ours.
 */
@NullMarked
package dev.heddle.presence;

import org.jspecify.annotations.NullMarked;
