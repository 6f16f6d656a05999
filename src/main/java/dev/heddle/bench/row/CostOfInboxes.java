package dev.heddle.bench.row;

import dev.heddle.bench.load.Mailing;
import dev.heddle.bench.load.Traffic;
import dev.heddle.verify.process.ServerUnderTest;
import java.io.IOException;
import java.util.List;

/**
 * Whether a message costs more where what waits lies in many inboxes; and what it costs to write to another one each time.
 * As many messages wait on either server, so that their logs grow alike and the number of inboxes is all that differs.
 */
final class CostOfInboxes implements Row {
    private static final int SENDERS = 10;
    private static final int BYTES = 64;

    /** Few, and enough of them that none is full in the end. */
    private static final int FEW = 10;

    private static final Figure RATIO = Figure.atMost("a message, of its cost", "x", 1.1, 1.3);
    private static final Figure SPREAD = Figure.shown("each to another inbox", "x");
    private static final Figure FIRST = Figure.shown("the first to each", "/s");

    @Override
    public String name() {
        return "inboxes";
    }

    @Override
    public String how(Effort effort) {
        return "time a message of the load of fan-in, " + FanIn.eachOfTwo(effort)
                + " messages a sender, on a server where messages wait in " + Population.users(effort)
                + " inboxes, of that on a server where as many wait in " + FEW + ", in turns, "
                + SENDERS * mails(effort)
                + " more of them after each; beside it, not judged, the time of these messages that wait, each to another of"
                + " so many inboxes, of that to another of " + FEW + ", and how fast the first message to each came in";
    }

    @Override
    public List<Figure> figures() {
        return List.of(RATIO, SPREAD, FIRST);
    }

    @Override
    public int runs(Effort effort) {
        return effort.pick(1, 2, 5);
    }

    @Override
    public int warmUps(Effort effort) {
        return effort.pick(0, 1, 3);
    }

    @Override
    public Stand on(Rig rig) throws IOException, InterruptedException {
        ServerUnderTest narrow = rig.server();
        ServerUnderTest wide = rig.server();
        int users = Population.users(rig.effort());
        Mailing toFew = rig.keep(new Mailing(narrow.port(), "known", SENDERS, FEW, BYTES));
        Mailing toAll = rig.keep(new Mailing(wide.port(), "known", SENDERS, users, BYTES));
        toFew.send(users / SENDERS);
        double first = users / toAll.send(users / SENDERS);
        Traffic few = rig.keep(FanIn.traffic(narrow));
        Traffic many = rig.keep(FanIn.traffic(wide));
        int each = FanIn.eachOfTwo(rig.effort());
        int mails = mails(rig.effort());
        return () -> {
            double without = few.run(each).receivedSeconds();
            double with = many.run(each).receivedSeconds();
            double toAnotherOfFew = toFew.send(mails);
            return new Reading()
                    .put(RATIO, with / without)
                    .put(SPREAD, toAll.send(mails) / toAnotherOfFew)
                    .put(FIRST, first);
        };
    }

    /** Messages of each sender that wait from then on, a run. */
    private static int mails(Effort effort) {
        return effort.pick(100, 4_000, 50_000);
    }
}
