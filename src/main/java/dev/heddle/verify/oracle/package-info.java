/**
 * The judge of every run: what was sent, what was accepted, what arrived, message by message. A {@link
 * dev.heddle.verify.oracle.Stamp} in each body says which message it is; a {@link dev.heddle.verify.oracle.Ledger} per load
 * process keeps three bits for each, and ledgers are added up at the end.
 *
 * <p>Threads: none. Depends on nothing of ours.
 */
@NullMarked
package dev.heddle.verify.oracle;

import org.jspecify.annotations.NullMarked;
