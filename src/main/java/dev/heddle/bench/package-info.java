/**
 * The measure of the server, behind {@code bin/bench}: a table of figures, each with the goal that is worked for and the bar
 * that must hold, against servers that it starts itself.
 *
 * <pre>
 *   cli -> Benchmark -> row.*   a row each: sets up, runs several times in turns
 *            |            |-> load              clients that cost next to nothing, in this process
 *            |            `-> verify.process    servers
 *            `-> Outcome, Table, Results        shown as the rows finish, and kept as Markdown and JSON
 * </pre>
 *
 * <p>It measures; whether promises hold is {@code verify}'s question. A message that is lost, doubled or out of order while it
 * measures ends the row as failed all the same. Threads: the caller's, and those of {@code load}.
 */
@NullMarked
package dev.heddle.bench;

import org.jspecify.annotations.NullMarked;
