/**
 * The protocol's rules, one by one, over real sockets. The client here reads and writes bytes by itself: it shares no code with
 * the server, so that a mistake in one is not made again in the other.
 */
@NullMarked
package dev.heddle.protocol;

import org.jspecify.annotations.NullMarked;
