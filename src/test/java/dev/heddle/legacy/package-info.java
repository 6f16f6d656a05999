/**
 * The port for clients of the Erlang system, over real sockets. The client here reads and writes the old protocol by itself:
 * it shares no code with the server.
 */
@NullMarked
package dev.heddle.legacy;

import org.jspecify.annotations.NullMarked;
