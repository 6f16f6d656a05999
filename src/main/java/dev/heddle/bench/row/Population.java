package dev.heddle.bench.row;

/** How many users a server knows, where it is to know many. */
final class Population {
    /** {@code max.users} is a million, and the clients are users, too. */
    private static final int MILLION = 1_000_000 - 1_000;

    private Population() {}

    static int users(Effort effort) {
        return effort.pick(1_000, MILLION, MILLION);
    }
}
