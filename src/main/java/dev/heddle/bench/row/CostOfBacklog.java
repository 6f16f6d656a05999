package dev.heddle.bench.row;

import dev.heddle.bench.load.Mailing;
import java.io.IOException;
import java.util.List;

/** Whether a message costs more, on its way in and on its way out, where many wait in the same inbox. */
final class CostOfBacklog implements Row {
    private static final int SENDERS = 10;
    private static final int BYTES = 64;
    private static final Figure IN = Figure.atMost("in, of its cost", "x", 1.1, 1.3);
    private static final Figure OUT = Figure.atMost("out, of its cost", "x", 1.1, 1.3);

    @Override
    public String name() {
        return "backlog";
    }

    @Override
    public String how(Effort effort) {
        int all = all(effort);
        int part = part(effort);
        return "one inbox whose owner is away: time a message of the last " + part + " of " + all
                + " that come in, of that of the first " + part + "; and time a message while all " + all
                + " go out, of that while " + part + " do";
    }

    @Override
    public List<Figure> figures() {
        return List.of(IN, OUT);
    }

    @Override
    public int warmUps(Effort effort) {
        return effort.pick(0, 1, 2);
    }

    @Override
    public Stand on(Rig rig) throws IOException, InterruptedException {
        Mailing mailing = rig.keep(new Mailing(rig.server().port(), "away", SENDERS, 1, BYTES));
        int all = all(rig.effort());
        int part = part(rig.effort());
        return () -> {
            double firstIn = mailing.send(part / SENDERS);
            double fewOut = mailing.drain(part) / part;
            mailing.send((all - part) / SENDERS);
            double lastIn = mailing.send(part / SENDERS);
            double manyOut = mailing.drain(all) / all;
            return new Reading().put(IN, lastIn / firstIn).put(OUT, manyOut / fewOut);
        };
    }

    /** What an inbox takes, by default. */
    private static int all(Effort effort) {
        return effort.pick(2_000, 1_000_000, 1_000_000);
    }

    private static int part(Effort effort) {
        return effort.pick(1_000, 100_000, 100_000);
    }
}
