package dev.heddle.verify.scenario;

import dev.heddle.verify.load.LoadProcess;
import dev.heddle.verify.load.Orders;
import dev.heddle.verify.process.Sample;
import dev.heddle.verify.process.ServerUnderTest;
import dev.heddle.verify.report.Notebook;
import dev.heddle.verify.report.Plot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Hours of even load, when asked for: does anything grow? */
public final class Soak implements Scenario {
    private static final int CLIENTS = 200;
    private static final double RATE = 5_000;
    private static final double MIB = 1 << 20;
    private static final double LOG_MIB = 512;
    private static final double JUDGED_MINUTES = 10;

    private final double minutes;

    public Soak(double minutes) {
        this.minutes = minutes;
    }

    @Override
    public String name() {
        return "soak";
    }

    @Override
    public String question() {
        return "Does anything grow with time: memory, open files, threads, the log?";
    }

    @Override
    public int seconds(Size size) {
        return (int) (minutes * 60) + 5;
    }

    @Override
    public void run(Bench bench, Notebook notes) throws Exception {
        notes.setUp(CLIENTS + " clients send each other " + Notebook.number(RATE) + " messages/s for "
                + Notebook.number(minutes) + " minutes, and a fifth of them comes and goes. Slopes are those of the"
                + " last two thirds.");
        long begun = System.nanoTime();
        ServerUnderTest server = bench.server(
                ServerUnderTest.Setup.DEFAULT.with("segment.bytes=16m").with("log.bytes=" + (int) LOG_MIB + "m"));
        LoadProcess load = bench.load("load");
        load.open(new Orders.Open("all", server.port(), "user-", CLIENTS, 1_000, true, true, bench.seed()));
        load.open(new Orders.Open("some", server.port(), "some-", CLIENTS / 5, 1_000, true, true, bench.seed()));
        load.send(new Orders.Send("all", "user-", CLIENTS, true, Long.MAX_VALUE, 500, RATE, 200));
        load.send(new Orders.Send("some", "some-", CLIENTS / 5, true, Long.MAX_VALUE, 100, RATE / 10, 200));

        List<Plot.Point> log = new ArrayList<>();
        long until = begun + (long) (minutes * TimeUnit.MINUTES.toNanos(1));
        double most = 0;
        while (System.nanoTime() - until < 0) {
            ChaosRig.pause(1);
            load.cut("some");
            double size = bytes(server.data()) / MIB;
            most = Math.max(most, size);
            log.add(new Plot.Point((System.nanoTime() - begun) / 1e9, size));
        }
        load.stop("all");
        load.stop("some");
        bench.settle(Duration.ofSeconds(20));

        List<Sample> late = server.sampler().since(begun + (until - begun) / 3);
        double memory = Slope.of(late, Sample::residentBytes) / MIB * 60;
        double files = Slope.of(late, Sample::files) * 60;
        double threads = Slope.of(late, Sample::threads) * 60;
        notes.figure("memory grows by", memory, "MiB/min");
        notes.figure("open files grow by", files, "a minute");
        notes.figure("threads grow by", threads, "a minute");
        notes.figure("the data folder at its largest", most, "MiB");
        if (minutes < JUDGED_MINUTES) {
            notes.limit(
                    "the slope of memory", "judged", "shown", "a soak under ten minutes still sees the heap warm up");
        } else {
            notes.atMost("memory does not grow", memory, 1.5, "MiB/min");
        }
        notes.atMost("open files do not grow", files, minutes < JUDGED_MINUTES ? 10 : 1, "a minute");
        notes.atMost("threads do not grow", threads, minutes < JUDGED_MINUTES ? 10 : 1, "a minute");
        notes.atMost("the log stays within its limit", most, LOG_MIB + 64, "MiB");
        notes.plot(Promises.memory("soak-memory", server, begun, List.of()));
        notes.plot(new Plot("soak-log", "The data folder", "seconds", "MiB", List.of(new Plot.Series("size", log))));
        Promises.belowCeiling(notes, server, begun);
        Promises.everyMessage(notes, bench.verdict());
    }

    /** Everything in a folder; files that go meanwhile are not counted. */
    private static double bytes(Path folder) throws IOException {
        double sum = 0;
        try (var files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                try {
                    sum += Files.isRegularFile(file) ? Files.size(file) : 0;
                } catch (IOException gone) {
                    // The cleaner was quicker.
                }
            }
        } catch (UncheckedIOException gone) {
            return sum;
        }
        return sum;
    }
}
