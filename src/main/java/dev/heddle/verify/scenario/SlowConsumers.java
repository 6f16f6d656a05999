package dev.heddle.verify.scenario;

import dev.heddle.verify.load.Histograms;
import dev.heddle.verify.load.LoadProcess;
import dev.heddle.verify.load.Orders;
import dev.heddle.verify.load.PairRun;
import dev.heddle.verify.process.Sample;
import dev.heddle.verify.process.ServerUnderTest;
import dev.heddle.verify.report.Notebook;
import dev.heddle.verify.report.Plot;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Thousands of receivers stop reading; then they read on. */
final class SlowConsumers implements Scenario {
    private static final int ASKED = 100_000;
    private static final int SPARE = 200;
    /** Messages that somebody who acknowledges none is sent. */
    private static final int WINDOW = 16;

    private static final int SENDERS = 20;
    /** Receivers whose messages are so large that a window of them fills both ends of a socket. */
    private static final int DEAF = 100;

    private static final int LARGE = 32 * 1024;
    private static final int LARGE_EACH = 2 * WINDOW;
    private static final double PAIR_RATE = 1_000;
    private static final double MIB = 1 << 20;

    @Override
    public String name() {
        return "slow-consumers";
    }

    @Override
    public String question() {
        return "What do receivers that stop reading cost, in memory and to everybody else?";
    }

    @Override
    public int seconds(Size size) {
        return size.pick(9, 45, 135);
    }

    @Override
    public void run(Bench bench, Notebook notes) throws Exception {
        double seconds = bench.size().pick(2.0, 13.0, 60.0);
        ServerUnderTest server = bench.server(ServerUnderTest.Setup.DEFAULT);
        int most = Math.min(ASKED, server.ceiling().connections() - SENDERS - SPARE);
        int stalled = bench.size().pick(100, most, most);
        notes.setUp(stalled + " receivers are sent " + Notebook.number(rate(bench))
                + " messages a second of 200 bytes by lot, first "
                + "while they read, then, for " + Notebook.number(seconds)
                + " s, while none of them reads, and neither do " + deaf(bench) + " others, who are sent "
                + LARGE_EACH
                + " messages of 32 KiB each, which is more than their sockets hold; beside them, once their "
                + "windows are full, one healthy pair at "
                + Notebook.number(PAIR_RATE)
                + "/s. Then all read on. Everybody but the server and the pair gets"
                + " the processor time that these leave.");
        if (stalled < ASKED && bench.size() != Size.TINY) {
            notes.limit(
                    "stalled receivers",
                    ASKED + "",
                    stalled + "",
                    "the server takes " + server.ceiling().connections() + " connections here ("
                            + server.ceiling().text() + ")");
        }
        List<LoadProcess> receivers = open(bench, server, stalled);
        LoadProcess senders = bench.background("senders");
        LoadProcess pair = bench.load("pair");
        senders.open(new Orders.Open("senders", server.port(), "sender-", SENDERS, 1000, true, true, bench.seed()));
        double part = bench.size().pick(1.0, 4.0, 30.0);
        Histogram alone = healthy(bench, pair, server, "alone", part / 3, notes);
        senders.send(new Orders.Send("senders", "stalled-", stalled, true, Long.MAX_VALUE, 2_000, rate(bench), 200));

        long begun = System.nanoTime();
        Histogram before = healthy(bench, pair, server, "before", part, notes);
        double baseline = resident(server);
        List<Plot.Mark> marks = new ArrayList<>();
        marks.add(new Plot.Mark((System.nanoTime() - begun) / 1e9, "nobody reads"));
        for (LoadProcess load : receivers) {
            load.behave("stalled", false, false);
        }
        long stalledAt = System.nanoTime();
        // Until their windows are full they are delivered to like anybody else.
        double fills = Math.min(seconds - part, WINDOW * stalled / rate(bench) * 1.1);
        fillSockets(bench, server, receivers.getFirst(), senders, notes);
        ChaosRig.pause(fills);
        Histogram beside = healthy(bench, pair, server, "beside", seconds - fills, notes);
        memory(notes, server, stalledAt, baseline, seconds);
        compare(notes, alone, before, beside, bench.size());

        marks.add(new Plot.Mark((System.nanoTime() - begun) / 1e9, "all read"));
        senders.stop("senders");
        long back = System.nanoTime();
        for (LoadProcess load : receivers) {
            load.behave("stalled", true, true);
        }
        receivers.getFirst().behave("deaf", true, true);
        bench.settle(Duration.ofSeconds(20));
        notes.figure("until everything that had waited was delivered", (System.nanoTime() - back) / 1e9, "s");
        notes.plot(Promises.memory("slow-consumers-memory", server, begun, marks));
        notes.plot(Curves.throughput("slow-consumers", "To receivers that stall", bench.beats(), begun, marks));
        Promises.belowCeiling(notes, server, begun);
        Promises.everyMessage(notes, bench.verdict());
    }

    private static int deaf(Bench bench) {
        return bench.size().pick(5, DEAF, DEAF);
    }

    /** Sends more than a window to receivers that read nothing from the first byte on, and looks whether the kernel is full. */
    private static void fillSockets(
            Bench bench, ServerUnderTest server, LoadProcess receivers, LoadProcess senders, Notebook notes)
            throws IOException, InterruptedException {
        int deaf = deaf(bench);
        receivers.open(new Orders.Open("deaf", server.port(), "deaf-", deaf, 8_000, false, false, bench.seed()));
        senders.open(new Orders.Open("heavy", server.port(), "heavy-", 1, 1000, true, true, bench.seed()));
        senders.send(new Orders.Send("heavy", "deaf-", deaf, false, (long) deaf * LARGE_EACH, 100, 0, LARGE));
        boolean sent = senders.await("heavy", Duration.ofSeconds(60), status -> status.finished());
        int full = SendQueues.full(server.port());
        if (full < 0) {
            notes.limit("sockets that are full", "counted", "not counted", "this system has no /proc/net/tcp");
        } else {
            notes.check(
                    "the sockets of those who are sent large messages are full, and their messages are accepted",
                    Notebook.number(deaf) + " sockets",
                    Notebook.number(full) + (sent ? "" : ", not all accepted"),
                    sent && full >= deaf);
        }
    }

    /** More than a window for each, in the time there is. */
    private static double rate(Bench bench) {
        return bench.size().pick(1_000.0, 40_000.0, 20_000.0);
    }

    private static List<LoadProcess> open(Bench bench, ServerUnderTest server, int count)
            throws IOException, InterruptedException {
        List<LoadProcess> receivers = new ArrayList<>();
        LoadProcess load = bench.background("stalled-0");
        receivers.add(load);
        load.open(new Orders.Open("stalled", server.port(), "stalled-", count, 8_000, true, true, bench.seed()));
        if (!load.await("stalled", Duration.ofSeconds(60), status -> status.online() == count)) {
            throw new IOException("only " + load.status("stalled").online() + " of " + count + " got in");
        }
        return receivers;
    }

    private static double resident(ServerUnderTest server) {
        Sample sample = server.sampler().now();
        return sample == null ? 0 : sample.residentBytes() / MIB;
    }

    private static Histogram healthy(
            Bench bench, LoadProcess pair, ServerUnderTest server, String name, double seconds, Notebook notes)
            throws IOException, InterruptedException {
        PairRun.Result result = bench.pair(
                pair,
                new PairRun.Order(server.port(), name, PairRun.Pace.RATE, 0, 0, seconds, PAIR_RATE, 20_000, 64, null));
        notes.histogram("healthy pair, " + name, result.latencies().delivered());
        notes.figure("healthy pair, " + name, result.sent() / result.seconds(), "messages/s");
        return Histograms.decode(result.latencies().delivered());
    }

    private static void memory(
            Notebook notes, ServerUnderTest server, long stalledAt, double baseline, double seconds) {
        List<Sample> samples = server.sampler().since(stalledAt);
        double peak = samples.stream().mapToLong(Sample::residentBytes).max().orElse(0) / MIB;
        List<Sample> warm = server.sampler().since(stalledAt + (long) (seconds / 3 * 1e9));
        notes.figure("resident before the stall", baseline, "MiB");
        notes.figure("resident at the peak", peak, "MiB");
        notes.figure("growth", peak / Math.max(1, baseline), "times", "19.2 times, unbounded");
        notes.figure("slope after warm-up", Slope.of(warm, Sample::residentBytes) / MIB * 60, "MiB/min");
        notes.atMost("memory grows less than that of the report to beat", peak / Math.max(1, baseline), 3, "times");
    }

    private static void compare(Notebook notes, Histogram alone, Histogram before, Histogram beside, Size size) {
        for (double percentile : new double[] {50, 99}) {
            notes.figure(
                    "healthy pair with nothing else, P" + Notebook.number(percentile),
                    alone.getValueAtPercentile(percentile) / 1e6,
                    "ms");
            notes.figure(
                    "healthy pair before the stall, P" + Notebook.number(percentile),
                    before.getValueAtPercentile(percentile) / 1e6,
                    "ms");
            notes.figure(
                    "healthy pair beside stalled ones, P" + Notebook.number(percentile),
                    beside.getValueAtPercentile(percentile) / 1e6,
                    "ms");
        }
        if (size != Size.TINY) {
            notes.atMost(
                    "a healthy pair does not notice: P50",
                    beside.getValueAtPercentile(50) / 1e6,
                    alone.getValueAtPercentile(50) / 1e6 * 2 + 2,
                    "ms");
        }
        notes.plot(new Plot(
                "slow-consumers-healthy",
                "A healthy pair, before and beside",
                "one in so many is slower",
                "ms",
                true,
                List.of(Notebook.percentiles("before", before), Notebook.percentiles("beside", beside)),
                List.of()));
    }
}
