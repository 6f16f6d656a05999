package dev.heddle.server;

import dev.heddle.shard.Ledger;

/**
 * The end of a server.
 *
 * @param balances whether it left a checkpoint that accounts for every message; if not, the next start recovers
 * @param line what became of all messages, for people
 */
public record Drained(boolean balances, String line) {
    static Drained of(Ledger ledger) {
        return ledger.balances()
                ? new Drained(true, "heddle drained: " + ledger)
                : new Drained(
                        false,
                        "heddle drained, but its ledger does not balance, and the next start recovers: " + ledger);
    }
}
