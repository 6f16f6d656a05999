package dev.heddle.bench.load;

import java.io.IOException;

/**
 * A little of every kind of load, for a server that is started once to be learnt from: its JVM remembers which code is hot and
 * what it is called with, and later ones compile that at once. Some hundred thousand messages, a few seconds; the
 * caller's thread. What it measures is of no interest.
 */
public final class Rehearsal {
    private static final int BYTES = 64;
    private static final int SENDERS = 10;
    private static final int PAIRS = 50;
    private static final int CLIENTS = 400;
    private static final int ROUNDS = 2;

    private Rehearsal() {}

    /**
     * Rehearses.
     *
     * @throws IOException if the server does anything wrong
     */
    public static void run(int port) throws IOException, InterruptedException {
        try (Traffic fanIn = Traffic.fanIn(port, "fan", SENDERS, BYTES);
                Traffic pairs = Traffic.pairs(port, "pair", PAIRS, BYTES);
                Mailing mailing = new Mailing(port, "away", SENDERS, 1, BYTES);
                Questions questions = new Questions(port, "away", 1, 2);
                Crowd crowd = new Crowd("crowd", CLIENTS)) {
            for (int round = 0; round < ROUNDS; round++) {
                fanIn.run(10_000);
                pairs.run(1_000);
                mailing.send(3_000);
                mailing.drain(3_000L * SENDERS);
                questions.ask(10_000);
                LockStep.throughServer(port, "step-" + round, 1_000, BYTES);
                crowd.login(port);
                crowd.cut();
            }
        }
    }
}
