/**
 * The rows of the table, a class each: what it measures, how, and the goal and the bar of each of its figures. A row is set up
 * once for every server that is compared ({@link dev.heddle.bench.row.Stand}), and then run several times in turns.
 *
 * <p>Threads: everything belongs to the caller's. Knows {@code bench.load} for the clients, and {@code verify}'s processes for
 * the servers.
 */
@NullMarked
package dev.heddle.bench.row;

import org.jspecify.annotations.NullMarked;
