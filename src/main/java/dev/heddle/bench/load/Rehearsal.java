package dev.heddle.bench.load;

import java.io.IOException;

/**
 * A little of every kind of load, for a server that is started once to be learnt from: its JVM remembers which code is hot and
 * what it is called with, and later ones compile that at once. A million messages, in three to six seconds: from a third of them
 * it learns little. The caller's thread; what it measures is of no interest.
 */
public final class Rehearsal {
    private static final int BYTES = 64;
    private static final int SENDERS = 10;
    private static final int PAIRS = 50;
    private static final int CLIENTS = 400;
    private static final int ROUNDS = 3;

    private Rehearsal() {}

    /**
     * Rehearses.
     *
     * @param legacyPort for clients of the old protocol; 0: there is none
     * @throws IOException if the server does anything wrong
     */
    public static void run(int port, int legacyPort) throws IOException, InterruptedException {
        try (Traffic fanIn = Traffic.fanIn(port, "fan", SENDERS, BYTES);
                Traffic pairs = Traffic.pairs(port, "pair", PAIRS, BYTES);
                Mailing mailing = new Mailing(port, "away", SENDERS, 1, BYTES);
                Questions questions = new Questions(port, "away", 1, 2);
                Crowd crowd = new Crowd("crowd", CLIENTS)) {
            for (int round = 0; round < ROUNDS; round++) {
                fanIn.run(20_000);
                pairs.run(2_000);
                mailing.send(5_000);
                mailing.drain(5_000L * SENDERS);
                questions.ask(20_000);
                LockStep.throughServer(port, "step-" + round, 2_000, BYTES);
                crowd.login(port);
                crowd.cut();
            }
        }
        if (legacyPort > 0) {
            // Less of it: what most clients have is what is to be quickest.
            try (LegacyPair pair = new LegacyPair(legacyPort, "legacy", BYTES)) {
                pair.run(40_000, 100);
                pair.run(2_000, 1);
            }
        }
    }
}
