/**
 * The verification run behind {@code bin/verify}: it starts real servers, drives them from load generators in processes of
 * their own, breaks things, counts every message, and writes a report whose exit status says whether every promise held.
 *
 * <p>How its rooms lie to each other:
 *
 * <pre>
 *   cli -> Verification -> scenario.*  a question each: sets up, measures, writes into a Notebook
 *                            |-> process   servers and children, and what the operating system says of them
 *                            |-> load      load generators: thousands of peers a process, or one exact pair
 *                            |-> fault     a TCP proxy that delays, stalls, cuts and partitions, by a seeded schedule
 *                            |-> oracle    every message: sent, accepted, arrived
 *                            `-> report    one set of records, shown as Markdown, HTML and JSON
 * </pre>
 *
 * <p>To the server it is a client like any other: it knows {@code wire} and {@code client}, and the lines that a server
 * prints. Threads: scenarios run one after the other on the caller's.
 */
@NullMarked
package dev.heddle.verify;

import org.jspecify.annotations.NullMarked;
