/**
 * The wire protocol as bytes: where a frame begins and ends, what its fields are, how to write one. {@code docs/protocol.md}
 * says what they mean.
 *
 * <p>Threads: none, and no I/O. Readers are flyweights over a buffer and allocate nothing. Depends on nothing of ours.
 */
@NullMarked
package dev.heddle.wire;

import org.jspecify.annotations.NullMarked;
