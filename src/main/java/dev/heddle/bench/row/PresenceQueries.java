package dev.heddle.bench.row;

import dev.heddle.bench.load.Mailing;
import dev.heddle.bench.load.Questions;
import java.io.IOException;
import java.util.List;

/** Who is online, asked about everybody. */
final class PresenceQueries implements Row {
    private static final int CONNECTIONS = 4;
    private static final int SENDERS = 10;
    private static final int BYTES = 8;
    private static final Figure RATE = Figure.atLeast("answered", "/s", 3_000_000, 1_500_000);

    @Override
    public String name() {
        return "presence";
    }

    @Override
    public String how(Effort effort) {
        return CONNECTIONS + " connections ask " + each(effort)
                + " times each, without waiting, about another one each time of " + Population.users(effort)
                + " users, whom a message each has made known";
    }

    @Override
    public List<Figure> figures() {
        return List.of(RATE);
    }

    @Override
    public int warmUps(Effort effort) {
        return effort.pick(0, 2, 3);
    }

    @Override
    public Stand on(Rig rig) throws IOException, InterruptedException {
        int port = rig.server(Population.SETUP).port();
        int users = Population.users(rig.effort());
        try (Mailing mailing = new Mailing(port, "known", SENDERS, users, BYTES)) {
            mailing.send(users / SENDERS);
        }
        Questions questions = rig.keep(new Questions(port, "known", users, CONNECTIONS));
        int each = each(rig.effort());
        return () -> new Reading().put(RATE, (double) each * CONNECTIONS / questions.ask(each));
    }

    private static int each(Effort effort) {
        return effort.pick(1_000, 200_000, 1_000_000);
    }
}
