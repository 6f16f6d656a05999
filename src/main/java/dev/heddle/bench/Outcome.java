package dev.heddle.bench;

import java.util.List;

/**
 * What became of a row, for one of the servers that were compared.
 *
 * @param server which
 * @param warmUps runs before those that counted
 * @param figures empty if it was skipped or failed
 * @param problem why it was skipped, or how it failed; empty if it was measured
 * @param failed whether the server broke a promise, or did not run at all
 */
record Outcome(
        String row,
        String how,
        String server,
        int warmUps,
        int runs,
        List<Measured> figures,
        double seconds,
        String problem,
        boolean failed) {
    /** Measured, and within every bar. */
    boolean holds() {
        return problem.isEmpty() && figures.stream().allMatch(Measured::holds);
    }
}
