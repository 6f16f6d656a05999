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

/** Everybody is cut off at once, and comes back at once. */
final class Herd implements Scenario {
    private static final int PACE = 1_000_000;
    private static final int WRITERS = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Override
    public String name() {
        return "herd";
    }

    @Override
    public String question() {
        return "How long until everybody is back after all were cut off at once?";
    }

    @Override
    public int seconds(Size size) {
        return size.pick(8, 12, 25);
    }

    @Override
    public void run(Bench bench, Notebook notes) throws Exception {
        ServerUnderTest server = bench.server(ServerUnderTest.Setup.DEFAULT);
        int most = Math.min(LoadProcess.MOST_CONNECTIONS, server.ceiling().connections() - WRITERS);
        int herd = Math.min(most, bench.size().pick(200, 8_000, 19_000));
        notes.setUp(
                Notebook.number(herd) + " clients are there and " + WRITERS + " write to them; then every socket is"
                        + " closed, later the server is killed and started again. Each client tries again after 20 to 640 ms, by lot.");
        if (herd < 19_000 && bench.size() != Size.TINY) {
            notes.limit("clients", "19,000", Notebook.number(herd), "--quick ends in time");
        }
        long begun = System.nanoTime();
        LoadProcess load = bench.load("herd");
        load.open(new Orders.Open("herd", server.port(), "herd-", herd, 10_000, true, true, bench.seed()));
        load.open(new Orders.Open("writers", server.port(), "writer-", WRITERS, 10_000, true, true, bench.seed()));
        back(load, herd, System.nanoTime());
        load.send(new Orders.Send("writers", "herd-", herd, true, Long.MAX_VALUE, 100, 2_000, 100));
        ChaosRig.pause(1);
        load.presence("herd", true, PACE);

        List<Plot.Mark> marks = new ArrayList<>();
        marks.add(new Plot.Mark((System.nanoTime() - begun) / 1e9, "all cut"));
        long cutAt = System.nanoTime();
        load.cut("herd");
        double cut = back(load, herd, cutAt);
        ChaosRig.pause(1);
        marks.add(new Plot.Mark((System.nanoTime() - begun) / 1e9, "kill -9"));
        server.kill();
        double start = server.restart().toNanos() / 1e9;
        double killed = back(load, herd, System.nanoTime());
        ChaosRig.pause(1);
        load.stop("writers");
        bench.settle(Duration.ofSeconds(20));

        notes.figure("until all are back after their sockets were closed", cut, "s");
        notes.figure("until a killed server was ready again", start, "s");
        notes.figure("until all were back from then", killed, "s");
        notes.figure("logins meanwhile", herd / Math.max(0.001, cut), "/s");
        notes.atMost("all back after a cut", cut, 10, "s");
        notes.atMost("all back after a crash and a start", killed, 10, "s");
        notes.plot(Curves.throughput("herd", "Throughput over the herd's return", bench.beats(), begun, marks));
        notes.plot(online(bench, begun, marks));
        Promises.belowCeiling(notes, server, begun);
        Promises.everyMessage(notes, bench.verdict());
    }

    /** Seconds until all are there. */
    private static double back(LoadProcess load, int count, long since) throws IOException, InterruptedException {
        // A socket that was closed a moment ago may still be counted.
        if (!load.await("herd", PATIENCE, status -> status.online() == count)) {
            throw new IOException("only " + load.status("herd").online() + " of " + count + " came back");
        }
        return (System.nanoTime() - since) / 1e9;
    }

    private static Plot online(Bench bench, long begun, List<Plot.Mark> marks) {
        List<Plot.Point> points = new ArrayList<>();
        for (Orders.Beat beat : bench.beats().getFirst()) {
            points.add(new Plot.Point((beat.nanos() - begun) / 1e9, beat.online()));
        }
        return new Plot(
                "herd-online",
                "Clients online",
                "seconds",
                "clients",
                false,
                List.of(new Plot.Series("online", points)),
                marks);
    }
}
