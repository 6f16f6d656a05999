package dev.heddle.verify.scenario;

import dev.heddle.verify.load.LoadProcess;
import dev.heddle.verify.load.Orders;
import dev.heddle.verify.process.ServerUnderTest;
import dev.heddle.verify.report.Notebook;
import dev.heddle.verify.report.Plot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** {@code kill -9} at random instants under load, many times over. */
final class CrashLoop implements Scenario {
    private static final int SENDERS = 8;
    private static final int RECEIVERS = 10;

    @Override
    public String name() {
        return "crash-loop";
    }

    @Override
    public String question() {
        return "Is anything that was accepted lost, doubled or reordered when the server is killed at random instants?";
    }

    @Override
    public int seconds(Size size) {
        return size.pick(6, 25, 950);
    }

    @Override
    public void run(Bench bench, Notebook notes) throws Exception {
        int kills = bench.size().pick(1, 20, 500);
        notes.setUp(SENDERS + " senders with 200 messages under way each write to " + RECEIVERS + " receivers by lot; "
                + "kill -9 50 to 350 ms after each start, " + kills + " times, on one data folder.");
        Random random = bench.random();
        long begun = System.nanoTime();
        ServerUnderTest server = bench.server(new ServerUnderTest.Setup("256m", List.of("max.users=100000")));
        LoadProcess load = bench.load("load");
        load.open(new Orders.Open("receivers", server.port(), "receiver-", RECEIVERS, 1000, true, true, bench.seed()));
        load.open(new Orders.Open("senders", server.port(), "sender-", SENDERS, 1000, true, true, bench.seed()));
        load.send(new Orders.Send(
                "senders",
                "receiver-",
                RECEIVERS,
                true,
                Long.MAX_VALUE,
                200,
                bench.size().pick(2_000.0, 20_000.0, 5_000.0),
                200));
        List<Plot.Mark> marks = new ArrayList<>();
        List<Plot.Point> starts = new ArrayList<>();
        Histogram took = new Histogram(3_600_000, 3);
        long enough = begun + seconds(bench.size()) * 1_100_000_000L;
        int kill = 0;
        for (; kill < kills && System.nanoTime() - enough < 0; kill++) {
            LockSupport.parkNanos(random.nextLong(50_000_000, 350_000_000));
            marks.add(new Plot.Mark((System.nanoTime() - begun) / 1e9, ""));
            server.kill();
            long millis = server.restart().toMillis();
            took.recordValue(millis);
            starts.add(new Plot.Point(kill, millis));
        }
        if (kill < kills) {
            notes.limit("kills", kills + "", kill + "", "starts took longer here than there is time");
        }
        LockSupport.parkNanos(500_000_000);
        load.stop("senders");
        bench.settle(Duration.ofSeconds(20));
        notes.figure("kills", kill, "");
        notes.figure("from start to ready, P50", took.getValueAtPercentile(50), "ms");
        notes.figure("from start to ready, longest", took.getMaxValue(), "ms");
        notes.figure(
                "resent and answered DUPLICATE",
                load.status("senders").rejected().getOrDefault(1, 0L),
                "");
        notes.plot(Curves.throughput(
                "crash-loop",
                "Throughput over kills (each line one)",
                bench.beats(),
                begun,
                marks.subList(0, Math.min(20, marks.size()))));
        notes.plot(new Plot(
                "crash-loop-starts",
                "From start to ready",
                "kill",
                "ms",
                List.of(new Plot.Series("recovery", List.copyOf(starts)))));
        Promises.everyMessage(notes, bench.verdict());
    }
}
