/**
 * The protocol of the Erlang system that Heddle replaces ({@link dev.heddle.legacy.Legacy} draws it), as a {@link
 * dev.heddle.edge.Codec} on a port of its own: what such a client says becomes frames of Heddle's own protocol before the edge
 * sees it, and frames become what it understands behind everything else. So its connection is one as any other, what the server
 * promises holds for it too, and nothing that it does reaches further than frames can.
 *
 * <p>{@link dev.heddle.legacy.Commands} decodes and {@link dev.heddle.legacy.Deliveries} encodes; neither waits, or holds a
 * message.
 *
 * <p>Threads: none of its own. Depends on {@code edge}'s codecs, {@code wire} and {@code events}.
 */
@NullMarked
package dev.heddle.legacy;

import org.jspecify.annotations.NullMarked;
