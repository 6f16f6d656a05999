package dev.heddle.verify.scenario;

import dev.heddle.verify.load.LoadProcess;
import dev.heddle.verify.load.Orders;
import dev.heddle.verify.process.ServerUnderTest;
import dev.heddle.verify.report.Notebook;
import dev.heddle.verify.report.Plot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Five times what the server can take. */
final class Backpressure implements Scenario {
    private static final int SENDERS = 50;
    private static final int RECEIVERS = 10;

    @Override
    public String name() {
        return "backpressure";
    }

    @Override
    public String question() {
        return "What happens to senders that want to send five times what the server takes?";
    }

    @Override
    public int seconds(Size size) {
        return size.pick(4, 11, 50);
    }

    @Override
    public void run(Bench bench, Notebook notes) throws Exception {
        notes.setUp(RECEIVERS + " senders as fast as their windows allow show the capacity; then " + SENDERS
                + " senders, each with up to 4,000 unanswered messages, have five times as much to send.");
        long begun = System.nanoTime();
        ServerUnderTest server = bench.server(ServerUnderTest.Setup.DEFAULT);
        LoadProcess senders = bench.load("senders");
        LoadProcess receivers = bench.load("receivers");
        receivers.open(new Orders.Open("to", server.port(), "to-", RECEIVERS, 1_000, true, true, bench.seed()));
        senders.open(new Orders.Open("few", server.port(), "few-", RECEIVERS, 1_000, true, true, bench.seed()));
        senders.open(new Orders.Open("many", server.port(), "many-", SENDERS, 1_000, true, true, bench.seed()));
        senders.await("many", Duration.ofSeconds(10), status -> status.online() == SENDERS);

        List<Plot.Mark> marks = new ArrayList<>();
        long pause = bench.size().pick(400_000_000L, 2_000_000_000L, 10_000_000_000L);
        senders.send(new Orders.Send("few", "to-", RECEIVERS, true, Long.MAX_VALUE, 4_000, 0, 64));
        LockSupport.parkNanos(pause);
        double capacity = accepted(senders, "few", pause);
        senders.stop("few");
        bench.settle(Duration.ofSeconds(10));

        marks.add(new Plot.Mark((System.nanoTime() - begun) / 1e9, "five times as much"));
        senders.send(new Orders.Send("many", "to-", RECEIVERS, true, Long.MAX_VALUE, 4_000, 5 * capacity, 64));
        double under = accepted(senders, "many", 2 * pause);
        List<Long> shares = senders.shares("many").accepted();
        marks.add(new Plot.Mark((System.nanoTime() - begun) / 1e9, "enough"));
        senders.stop("many");
        bench.settle(Duration.ofSeconds(20));

        notes.figure("capacity", capacity, "accepted/s");
        notes.figure("offered", 5 * capacity, "messages/s");
        notes.figure("accepted of that", under, "accepted/s");
        notes.figure("Jain's index of the senders' shares", jain(shares), "");
        if (bench.size() != Size.TINY) {
            notes.atLeast("too much to do does not slow the server down", under / capacity * 100, 60, "% of capacity");
        }
        notes.atLeast("senders get fair shares: Jain's index", jain(shares), 0.9, "");
        notes.plot(Curves.throughput("backpressure", "At five times the capacity", bench.beats(), begun, marks));
        notes.plot(Promises.memory("backpressure-memory", server, begun, marks));
        Promises.belowCeiling(notes, server, begun);
        Promises.everyMessage(notes, bench.verdict());
    }

    private static double accepted(LoadProcess senders, String group, long nanos) throws Exception {
        long before = senders.status(group).accepted();
        long begun = System.nanoTime();
        LockSupport.parkNanos(nanos);
        long count = senders.status(group).accepted() - before;
        return count / ((System.nanoTime() - begun) / 1e9);
    }

    /** 1 if all are equal, 1/n if one has everything. */
    static double jain(List<Long> shares) {
        double sum = 0;
        double squares = 0;
        for (long share : shares) {
            sum += share;
            squares += (double) share * share;
        }
        return squares == 0 ? 0 : sum * sum / (shares.size() * squares);
    }
}
