package dev.heddle.verify.scenario;

import dev.heddle.verify.load.Histograms;
import dev.heddle.verify.load.LoadProcess;
import dev.heddle.verify.load.PairRun;
import dev.heddle.verify.process.ServerUnderTest;
import dev.heddle.verify.report.Notebook;
import dev.heddle.verify.report.Plot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** One sender and one recipient: in lock-step, and at fixed rates below the fastest. */
final class Latency implements Scenario {
    private static final int BYTES = 64;
    private static final int ASKED = 100_000;

    /** The percentiles of the report to beat, in milliseconds. */
    private static final double[][] SEED = {{50, 0.26}, {90, 0.34}, {99, 0.53}};

    @Override
    public String name() {
        return "latency";
    }

    @Override
    public String question() {
        return "How long does a message take, on an idle server and on a busy one?";
    }

    @Override
    public int seconds(Size size) {
        return size.pick(6, 36, 160);
    }

    @Override
    public void run(Bench bench, Notebook notes) throws Exception {
        notes.setUp(
                "One connection sends, one receives, 64-byte bodies, all on this machine. In lock-step the next message"
                        + " waits for the one before; at a rate, latency counts from the instant a message was due, so that no"
                        + " stall goes unnoticed (coordinated omission).");
        ServerUnderTest server = bench.server(ServerUnderTest.Setup.DEFAULT);
        LoadProcess load = bench.load("pair");
        List<Plot.Series> lockStep = new ArrayList<>();

        int samples = bench.size().pick(2_000, ASKED, ASKED);
        Histogram delivery = run(bench, load, order(server, "lockstep", PairRun.Pace.DELIVERY, samples), notes)
                .delivered();
        lockStep.add(Notebook.percentiles("delivery", delivery));
        for (double[] seed : SEED) {
            double measured = delivery.getValueAtPercentile(seed[0]) / 1e6;
            notes.figure("delivery in lock-step, P" + (int) seed[0], measured, "ms", seed[1] + " ms");
            if (bench.size() != Size.TINY) {
                notes.atMost(
                        "lock-step delivery P" + (int) seed[0] + " beats the report to beat", measured, seed[1], "ms");
            }
        }
        notes.figure("delivery in lock-step, P99.9", delivery.getValueAtPercentile(99.9) / 1e6, "ms");

        int forced = bench.size().pick(500, 5_000, ASKED);
        if (forced < ASKED && bench.size() != Size.TINY) {
            notes.limit(
                    "samples of ACCEPTED",
                    ASKED + "",
                    forced + "",
                    "each waits for the disk, and --quick ends in time");
        }
        Histogram accepted = run(bench, load, order(server, "forced", PairRun.Pace.ACCEPTED, forced), notes)
                .accepted();
        lockStep.add(Notebook.percentiles("ACCEPTED", accepted));
        for (double percentile : new double[] {50, 90, 99, 99.9}) {
            notes.figure(
                    "ACCEPTED in lock-step, P" + Notebook.number(percentile),
                    accepted.getValueAtPercentile(percentile) / 1e6,
                    "ms");
        }
        notes.plot(percentilePlot("latency-lockstep", "Latency in lock-step", lockStep));
        rates(bench, load, server, notes);
        Promises.everyMessage(notes, bench.verdict());
    }

    private static void rates(Bench bench, LoadProcess load, ServerUnderTest server, Notebook notes)
            throws IOException, InterruptedException {
        double seconds = bench.size().pick(0.5, 2.0, 20.0);
        Measured flood = run(bench, load, order(server, "flood", PairRun.Pace.FLOOD, seconds, 0), notes);
        notes.figure("fastest, one sender to one recipient", flood.perSecond(), "accepted/s", "27,400/s");
        List<Plot.Series> curves = new ArrayList<>();
        // What the flood has left behind, dirty pages above all, is not the next rate's.
        ChaosRig.pause(bench.size().pick(0.1, 1.0, 5.0));
        for (int percent : new int[] {10, 50, 90}) {
            double rate = flood.perSecond() * percent / 100;
            Measured measured =
                    run(bench, load, order(server, "rate" + percent, PairRun.Pace.RATE, seconds, rate), notes);
            curves.add(Notebook.percentiles("delivery at " + percent + " %", measured.delivered()));
            for (double percentile : new double[] {50, 99, 99.9}) {
                notes.figure(
                        "delivery at " + percent + " % of the fastest, P" + Notebook.number(percentile),
                        measured.delivered().getValueAtPercentile(percentile) / 1e6,
                        "ms");
            }
            double reached = measured.perSecond() / rate * 100;
            notes.figure("reached of " + percent + " %", reached, "%");
            if (bench.size() != Size.TINY) {
                notes.atLeast(percent + " % of the fastest is reached", reached, 90, "%");
            }
        }
        notes.plot(percentilePlot("latency-rates", "Delivery at a rate, from when it was due", curves));
    }

    /** A run of the pair. */
    private record Measured(Histogram delivered, Histogram accepted, double perSecond) {}

    private static Measured run(Bench bench, LoadProcess load, PairRun.Order order, Notebook notes)
            throws IOException, InterruptedException {
        PairRun.Result result = bench.pair(load, order);
        notes.histogram(order.name() + ", delivery", result.latencies().delivered());
        notes.histogram(order.name() + ", ACCEPTED", result.latencies().accepted());
        return new Measured(
                Histograms.decode(result.latencies().delivered()),
                Histograms.decode(result.latencies().accepted()),
                result.sent() / result.seconds());
    }

    private static PairRun.Order order(ServerUnderTest server, String name, PairRun.Pace pace, int samples) {
        long warmUp = samples / 10;
        return new PairRun.Order(server.port(), name, pace, samples + warmUp, warmUp, 0, 0, 2, BYTES, null);
    }

    private static PairRun.Order order(
            ServerUnderTest server, String name, PairRun.Pace pace, double seconds, double rate) {
        return new PairRun.Order(server.port(), name, pace, 0, 0, seconds, rate, 50_000, BYTES, null);
    }

    private static Plot percentilePlot(String id, String title, List<Plot.Series> curves) {
        return new Plot(id, title, "one in so many is slower", "ms", true, curves, List.of());
    }
}
