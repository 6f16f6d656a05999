package dev.heddle.bench.row;

import dev.heddle.bench.load.Mailing;
import dev.heddle.bench.load.Traffic;
import dev.heddle.verify.process.ServerUnderTest;
import java.io.IOException;
import java.util.List;

/**
 * Whether a message costs more where what waits lies in many inboxes; and what it costs to write to another one each time. As
 * many messages wait on either server, so that what differs is the inboxes, and the state that each of them has in the log.
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
                + " messages a sender, on a server where "
                + Population.users(effort)
                + " messages wait, each in an inbox of its own, of that on a server where they wait in "
                + FEW + " inboxes; one after the other, then the other way round, and after each "
                + SENDERS * mails(effort)
                + " more wait on either; beside it, not judged, the time of those, each to another inbox, of that on the server"
                + " that has few, and how fast the first message to each came in";
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
        int users = Population.users(rig.effort());
        int mails = mails(rig.effort());
        Side few = new Side(rig, FEW);
        Side many = new Side(rig, users);
        few.mail(users / SENDERS);
        many.mail(users / SENDERS);
        double first = users / many.mailSeconds;
        return new Stand() {
            private boolean manyFirst;

            @Override
            public Reading run() throws IOException, InterruptedException {
                // Whoever comes first may have a disk that is busy with what was sent last.
                List<Side> sides = manyFirst ? List.of(many, few) : List.of(few, many);
                manyFirst = !manyFirst;
                for (Side side : sides) {
                    side.flood();
                }
                for (Side side : sides) {
                    side.mail(mails);
                }
                return new Reading()
                        .put(RATIO, many.floodSeconds / few.floodSeconds)
                        .put(SPREAD, many.mailSeconds / few.mailSeconds)
                        .put(FIRST, first);
            }
        };
    }

    /** A server with so many inboxes, and how long it last took. */
    private static final class Side {
        private final int each;
        private final Mailing mailing;
        private final Traffic traffic;
        private double floodSeconds;
        private double mailSeconds;

        Side(Rig rig, int inboxes) throws IOException, InterruptedException {
            ServerUnderTest server = rig.server(Population.SETUP);
            each = FanIn.eachOfTwo(rig.effort());
            mailing = rig.keep(new Mailing(server.port(), "known", SENDERS, inboxes, BYTES));
            traffic = rig.keep(FanIn.traffic(server));
        }

        void flood() throws IOException, InterruptedException {
            floodSeconds = traffic.run(each).receivedSeconds();
        }

        void mail(int messages) throws IOException {
            mailSeconds = mailing.send(messages);
        }
    }

    /** Messages of each sender that wait from then on, a run. */
    private static int mails(Effort effort) {
        return effort.pick(100, 4_000, 50_000);
    }
}
