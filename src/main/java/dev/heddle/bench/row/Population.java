package dev.heddle.bench.row;

import dev.heddle.verify.process.ServerUnderTest;

/** How many users a server knows, where it is to know many. */
final class Population {
    /** With room for a million who never logged in: a tenth of all names is kept for who does. */
    static final ServerUnderTest.Setup SETUP = ServerUnderTest.Setup.DEFAULT.with("max.users=1200000");

    private static final int MILLION = 1_000_000;

    private Population() {}

    static int users(Effort effort) {
        return effort.pick(1_000, MILLION, MILLION);
    }
}
