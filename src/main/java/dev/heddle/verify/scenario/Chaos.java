package dev.heddle.verify.scenario;

import dev.heddle.verify.fault.KernelNetwork;
import dev.heddle.verify.report.Notebook;
import dev.heddle.verify.report.Plot;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Ramp-up, flood, chaos, recovery: everything that can break does, in an order drawn by the seed. */
final class Chaos implements Scenario {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final double RECOVERY_SECONDS = 10;

    @Override
    public String name() {
        return "chaos";
    }

    @Override
    public String question() {
        return "Is anything lost, and how soon is everybody back, when processes, disk and network fail?";
    }

    @Override
    public int seconds(Size size) {
        return size.pick(9, 28, 260);
    }

    @Override
    public void run(Bench bench, Notebook notes) throws Exception {
        int pairs = bench.size().pick(5, 40, 100);
        double rate = bench.size().pick(1_000.0, 4_000.0, 4_000.0);
        notes.setUp(4 * pairs + " clients, half of them through a proxy in user space that plays the bad network, send "
                + Notebook.number(rate)
                + " messages/s to each other. What a network loses TCP sends again, so loss shows as "
                + "stalls and resets. The schedule follows from the seed. A fault is over when everybody is back and 80 % of "
                + "the rate is accepted and delivered again.");
        KernelNetwork kernel = kernel(bench, notes);
        ChaosRig rig = new ChaosRig(bench, pairs, rate, kernel);
        long begun = System.nanoTime();
        List<Plot.Mark> marks = new ArrayList<>();
        rig.rampUp(bench.size().pick(0.5, 1.5, 5.0));
        marks.add(new Plot.Mark((System.nanoTime() - begun) / 1e9, "flood"));
        rig.flood();
        ChaosRig.pause(bench.size().pick(0.5, 2.0, 10.0));
        chaos(rig, notes, begun, marks);
        marks.add(new Plot.Mark((System.nanoTime() - begun) / 1e9, "recovery"));
        ChaosRig.pause(bench.size().pick(0.3, 1.5, 10.0));
        rig.stop();
        bench.settle(PATIENCE);
        notes.plot(Curves.throughput("chaos", "Throughput, with the faults", bench.beats(), begun, marks));
        notes.plot(Promises.memory("chaos-memory", rig.server, begun, List.of()));
        notes.figure("sent twice after a fault, stored once", duplicates(rig), "");
        Promises.belowCeiling(notes, rig.server, begun);
        Promises.everyMessage(notes, bench.verdict());
    }

    private static void chaos(ChaosRig rig, Notebook notes, long begun, List<Plot.Mark> marks)
            throws IOException, InterruptedException {
        Bench bench = rig.bench;
        Random random = bench.random();
        double seconds = bench.size().pick(0.3, 0.7, 3.0);
        double slowest = 0;
        List<Plot.Point> recoveries = new ArrayList<>();
        for (ChaosFault fault : schedule(bench, random, rig.kernel != null)) {
            marks.add(new Plot.Mark((System.nanoTime() - begun) / 1e9, fault.label()));
            fault.strike(rig, seconds);
            long over = System.nanoTime();
            boolean recovered = rig.awaitRecovered(PATIENCE);
            double took = (System.nanoTime() - over) / 1e9;
            slowest = Math.max(slowest, took);
            recoveries.add(new Plot.Point((System.nanoTime() - begun) / 1e9, took));
            notes.figure("until recovered from: " + fault.inWords(), took, "s");
            if (!recovered) {
                notes.check("everybody is back after: " + fault.inWords(), "within 20 s", "not", false);
            }
            ChaosRig.pause(seconds * random.nextDouble() / 2);
        }
        notes.atMost("slowest recovery", slowest, RECOVERY_SECONDS, "s");
        notes.plot(new Plot(
                "chaos-recovery",
                "From the end of a fault until everything flows",
                "seconds",
                "seconds",
                List.of(new Plot.Series("recovery", recoveries))));
    }

    private static List<ChaosFault> schedule(Bench bench, Random random, boolean kernel) {
        List<ChaosFault> schedule = new ArrayList<>();
        for (int round = 0; round < bench.size().pick(1, 1, 3); round++) {
            List<ChaosFault> faults = new ArrayList<>(Arrays.asList(ChaosFault.values()));
            faults.removeIf(fault -> fault.isKernel() && !kernel);
            Collections.shuffle(faults, random);
            schedule.addAll(bench.size() == Size.TINY ? faults.subList(0, 6) : faults);
        }
        return schedule;
    }

    private static @Nullable KernelNetwork kernel(Bench bench, Notebook notes) throws InterruptedException {
        if (!bench.kernelFaults()) {
            notes.limit(
                    "network faults made by the kernel",
                    "tc and network namespaces where they are usable",
                    "the proxy's only",
                    "they hit everybody in the network namespace, so they are made on request only: --kernel-faults,"
                            + " in a container or a namespace of its own");
            return null;
        }
        try {
            return bench.keep(KernelNetwork.open());
        } catch (IOException unusable) {
            notes.limit("network faults made by the kernel", "tc netem", "the proxy's only", unusable.toString());
            return null;
        }
    }

    private static long duplicates(ChaosRig rig) throws IOException, InterruptedException {
        return rig.load.status(ChaosRig.SENDERS).rejected().getOrDefault(1, 0L)
                + rig.load.status(ChaosRig.NET_SENDERS).rejected().getOrDefault(1, 0L);
    }
}
