/**
 * The state machine at the heart of the server. A {@link dev.heddle.shard.Shard} owns the inboxes, sessions, presence and
 * duplicate floors of the users that hash to it; commands go in as method calls together with the time, effects come out
 * through {@link dev.heddle.shard.Client}, and everything that must survive goes to the log before it is seen by anyone.
 *
 * <p>Threads: none. One owner at a time calls a shard; who that is, is {@code routing}'s affair. No clock, no random source,
 * no socket: the same commands at the same times over the same disk give the same effects, which is what makes the shard
 * testable by seeded simulation. Depends on {@code log}, {@code presence}, {@code wire}.
 */
@NullMarked
package dev.heddle.shard;

import org.jspecify.annotations.NullMarked;
