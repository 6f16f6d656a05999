package dev.heddle.verify.scenario;

import dev.heddle.verify.load.LoadProcess;
import dev.heddle.verify.load.Orders;
import dev.heddle.verify.process.ServerUnderTest;
import dev.heddle.verify.report.Notebook;
import dev.heddle.verify.report.Plot;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Everybody writes to one user, who is away, then there, then on and off. */
final class Hotspot implements Scenario {
    private static final double SEED_PER_SECOND = 27_400;
    private static final String CELEBRITY = "celebrity";

    @Override
    public String name() {
        return "hotspot";
    }

    @Override
    public String question() {
        return "Does one user's inbox take everything that everybody sends, and keep each sender's order?";
    }

    @Override
    public int seconds(Size size) {
        return size.pick(4, 11, 20);
    }

    @Override
    public void run(Bench bench, Notebook notes) throws Exception {
        int fans = bench.size().pick(50, 10_000, 10_000);
        int keen = bench.size().pick(10, 1_000, 1_000);
        int each = bench.size().pick(50, 1_000, 1_000);
        notes.setUp(fans + " fans send 5 messages each to a celebrity who is offline and then comes; after that " + keen
                + " send " + each + " each while the celebrity comes and goes every half second.");
        Duration patience = bench.size().pick(Duration.ofSeconds(2), Duration.ofSeconds(20), Duration.ofSeconds(60));
        long begun = System.nanoTime();
        ServerUnderTest server = bench.server(ServerUnderTest.Setup.DEFAULT);
        LoadProcess crowd = bench.load("crowd");
        LoadProcess celebrity = bench.load(CELEBRITY);
        List<Plot.Mark> marks = new ArrayList<>();

        crowd.open(new Orders.Open("fans", server.port(), "fan-", fans, 10_000, true, true, bench.seed()));
        awaitOnline(crowd, "fans", fans, patience);
        long sendingAt = System.nanoTime();
        crowd.send(new Orders.Send("fans", CELEBRITY, 1, false, 5, 8, 0, 64));
        boolean sent = crowd.await("fans", patience, Orders.Status::finished);
        double seconds = (System.nanoTime() - sendingAt) / 1e9;
        notes.figure("fans, to an offline celebrity", fans * 5 / seconds, "accepted/s");
        notes.check("every fan is answered", "within " + patience.toSeconds() + " s", sent ? "yes" : "no", sent);

        marks.add(mark(begun, "celebrity comes"));
        long arrivingAt = System.nanoTime();
        celebrity.open(new Orders.Open(CELEBRITY, server.port(), CELEBRITY, 1, 100, true, true, bench.seed()));
        celebrity.await(CELEBRITY, patience, status -> status.arrived() >= fans * 5L);
        notes.figure("of the backlog", fans * 5 / ((System.nanoTime() - arrivingAt) / 1e9), "delivered/s");

        crowd.open(new Orders.Open("keen", server.port(), "keen-", keen, 10_000, true, true, bench.seed()));
        awaitOnline(crowd, "keen", keen, patience);
        marks.add(mark(begun, "comes and goes"));
        double rate = onAndOff(crowd, celebrity, (long) keen * each, each, patience);
        notes.figure("to a celebrity who comes and goes", rate, "delivered/s", "27,400/s");
        if (bench.size() != Size.TINY) {
            notes.atLeast("into one inbox faster than the report to beat", rate, SEED_PER_SECOND, "messages/s");
        }
        bench.settle(bench.size().pick(Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(20)));
        notes.plot(Curves.throughput("hotspot", "Into one inbox", bench.beats(), begun, marks));
        notes.plot(Promises.memory("hotspot-memory", server, begun, marks));
        Promises.belowCeiling(notes, server, begun);
        Promises.everyMessage(notes, bench.verdict());
    }

    /** Returns messages delivered a second, from the first SEND to the last DELIVER. */
    private static double onAndOff(LoadProcess crowd, LoadProcess celebrity, long messages, int each, Duration patience)
            throws IOException, InterruptedException {
        long before = celebrity.status(CELEBRITY).arrived();
        long begun = System.nanoTime();
        crowd.send(new Orders.Send("keen", CELEBRITY, 1, false, each, 64, 0, 64));
        while (!crowd.status("keen").finished() && System.nanoTime() - begun < patience.toNanos()) {
            celebrity.presence(CELEBRITY, false, 100);
            LockSupport.parkNanos(500_000_000);
            celebrity.presence(CELEBRITY, true, 100);
            LockSupport.parkNanos(500_000_000);
        }
        celebrity.await(CELEBRITY, patience, status -> status.arrived() - before >= messages);
        return messages / ((System.nanoTime() - begun) / 1e9);
    }

    private static Plot.Mark mark(long begun, String label) {
        return new Plot.Mark((System.nanoTime() - begun) / 1e9, label);
    }

    private static void awaitOnline(LoadProcess load, String group, int count, Duration patience)
            throws IOException, InterruptedException {
        if (!load.await(group, patience, status -> status.online() == count)) {
            throw new IOException("only " + load.status(group).online() + " of " + count + " got in");
        }
    }
}
