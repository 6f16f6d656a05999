package dev.heddle.bench.row;

import dev.heddle.bench.load.Mailing;
import dev.heddle.bench.load.Traffic;
import dev.heddle.verify.process.ServerUnderTest;
import java.io.IOException;
import java.util.List;

/** Whether a message costs more where many inboxes wait for their owners; and what it costs to write to another one each time. */
final class CostOfInboxes implements Row {
    private static final int SENDERS = 10;
    private static final int BYTES = 64;
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
                + " messages a sender, on a server with " + Population.users(effort)
                + " inboxes that hold a message or more, of that on a server without them, in turns; beside it, not judged,"
                + " the time of a message to another of these inboxes each time, of that to one inbox alone, and how fast"
                + " the first message to each came in";
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
        ServerUnderTest empty = rig.server();
        ServerUnderTest full = rig.server();
        int users = Population.users(rig.effort());
        int part = users / SENDERS;
        Mailing toAll = rig.keep(new Mailing(full.port(), "known", SENDERS, users, BYTES));
        double first = users / toAll.send(part);
        Mailing toOne = rig.keep(new Mailing(empty.port(), "one", SENDERS, 1, BYTES));
        Traffic few = rig.keep(FanIn.traffic(empty));
        Traffic many = rig.keep(FanIn.traffic(full));
        int each = FanIn.eachOfTwo(rig.effort());
        int mails = rig.effort().pick(100, 4_000, 50_000);
        return () -> {
            double without = few.run(each).receivedSeconds();
            double with = many.run(each).receivedSeconds();
            double one = toOne.send(mails);
            toOne.drain((long) mails * SENDERS);
            return new Reading()
                    .put(RATIO, with / without)
                    .put(SPREAD, toAll.send(mails) / one)
                    .put(FIRST, first);
        };
    }
}
