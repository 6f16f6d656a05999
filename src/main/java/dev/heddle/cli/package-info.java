/**
 * The commands that people type. {@code serve} runs a server in this process; the others are clients of one.
 *
 * <p>Threads: those of the libraries it uses. Depends on {@code auth}, {@code server}, {@code client}, {@code wire}.
 */
@NullMarked
package dev.heddle.cli;

import org.jspecify.annotations.NullMarked;
