/**
 * The load of {@code bin/bench}: clients that share two cores with the server they measure, and so cost next to nothing. Frames
 * are encoded once, and only ids (and the digits of names) are written into them; what arrives is walked by the lengths of its
 * frames, and every delivery is held against the {@link dev.heddle.bench.load.Sequence} that it must continue. Nothing is
 * allocated for a message.
 *
 * <p>Threads: the caller's sends and asks, one platform thread receives, whatever the number of connections. Knows {@code wire}
 * for its numbers and its first frames.
 */
@NullMarked
package dev.heddle.bench.load;

import org.jspecify.annotations.NullMarked;
