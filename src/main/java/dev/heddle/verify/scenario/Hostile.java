package dev.heddle.verify.scenario;

import dev.heddle.verify.load.Attack;
import dev.heddle.verify.load.Histograms;
import dev.heddle.verify.load.LoadProcess;
import dev.heddle.verify.load.PairRun;
import dev.heddle.verify.process.ServerUnderTest;
import dev.heddle.verify.report.Notebook;
import dev.heddle.verify.report.Plot;
import dev.heddle.wire.GoodbyeCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.HdrHistogram.Histogram;

/** Clients that mean harm, beside a healthy pair. */
final class Hostile implements Scenario {
    private static final int LOGIN_SECONDS = 2;
    private static final double RATE = 1_000;

    /** One in so many may end without a GOODBYE: where a client still writes, an RST may overtake it. */
    private static final int MUTE_ONE_IN = 20;

    /** With which codes the server may end each kind; 0: without a GOODBYE. */
    private static final Map<Attack.Kind, Set<Integer>> RIGHT = new EnumMap<>(Map.of(
            Attack.Kind.NOISE,
                    codes(
                            GoodbyeCode.MALFORMED,
                            GoodbyeCode.FRAME_TOO_LARGE,
                            GoodbyeCode.LOGIN_REQUIRED,
                            GoodbyeCode.LOGIN_TIMEOUT,
                            GoodbyeCode.UNSUPPORTED_VERSION),
            Attack.Kind.MALFORMED, codes(GoodbyeCode.MALFORMED),
            Attack.Kind.GIANT, codes(GoodbyeCode.FRAME_TOO_LARGE),
            Attack.Kind.SLOW, codes(GoodbyeCode.LOGIN_TIMEOUT),
            Attack.Kind.SILENT, codes(GoodbyeCode.LOGIN_TIMEOUT),
            Attack.Kind.LOGINS, codes(GoodbyeCode.REPLACED)));

    private static Set<Integer> codes(GoodbyeCode... codes) {
        Set<Integer> numbers = new TreeSet<>(Set.of(0));
        for (GoodbyeCode code : codes) {
            numbers.add(code.code());
        }
        return numbers;
    }

    @Override
    public String name() {
        return "hostile";
    }

    @Override
    public String question() {
        return "Do clients that mean harm cost anybody anything but themselves?";
    }

    @Override
    public int seconds(Size size) {
        return size.pick(9, 17, 60);
    }

    @Override
    public void run(Bench bench, Notebook notes) throws Exception {
        double seconds = bench.size().pick(3.5, 6.0, 30.0);
        int each = bench.size().pick(5, 50, 300);
        notes.setUp("A healthy pair sends " + Notebook.number(RATE) + "/s, first alone, then beside " + each
                + " connections of each kind: noise, malformed frames, lengths of 4 GiB, a byte at a time, silence, and"
                + " logins over and over; each comes back when it is ended. They get the processor time that the server and"
                + " the pair leave, for real ones have machines of their own. login.seconds=" + LOGIN_SECONDS + ".");
        long begun = System.nanoTime();
        ServerUnderTest server = bench.server(ServerUnderTest.Setup.DEFAULT.with("login.seconds=" + LOGIN_SECONDS));
        Healthy pair = new Healthy(bench, bench.load("pair"), server.port(), notes);
        Map<Attack.Kind, LoadProcess> attackers = new EnumMap<>(Attack.Kind.class);
        for (Attack.Kind kind : Attack.Kind.values()) {
            LoadProcess attacker = bench.attacker("attacker-" + kind);
            attackers.put(kind, attacker);
            // Its own start is not to be measured.
            attacker.totals();
        }
        Histogram alone = pair.run("alone", seconds / 2);

        Map<Attack.Kind, FutureTask<Attack.Result>> attacks = new EnumMap<>(Attack.Kind.class);
        for (Attack.Kind kind : Attack.Kind.values()) {
            LoadProcess attacker = Objects.requireNonNull(attackers.get(kind));
            Callable<Attack.Result> attack =
                    () -> attacker.attack(new Attack.Order(server.port(), kind, each, seconds + 1, bench.seed()));
            FutureTask<Attack.Result> task = new FutureTask<>(attack);
            attacks.put(kind, task);
            Thread.ofVirtual().start(task);
        }
        ChaosRig.pause(1);
        Histogram beside = pair.run("beside", seconds);
        for (Map.Entry<Attack.Kind, FutureTask<Attack.Result>> attack : attacks.entrySet()) {
            judge(notes, attack.getKey(), attack.getValue());
        }
        compare(bench, notes, alone, beside);
        notes.plot(Promises.memory("hostile-memory", server, begun, new ArrayList<>()));
        Promises.belowCeiling(notes, server, begun);
        Promises.everyMessage(notes, bench.verdict());
    }

    private static void judge(Notebook notes, Attack.Kind kind, FutureTask<Attack.Result> attack)
            throws InterruptedException, ExecutionException {
        Attack.Result result = attack.get();
        Set<Integer> right = RIGHT.getOrDefault(kind, Set.of());
        long ended = result.ended().values().stream().mapToLong(Long::longValue).sum();
        long mute = result.ended().getOrDefault(0, 0L);
        boolean rightly = right.containsAll(result.ended().keySet())
                && result.refused() == 0
                && mute * MUTE_ONE_IN <= ended
                && (kind != Attack.Kind.SILENT || mute == 0)
                && (kind == Attack.Kind.LOGINS || !result.ended().isEmpty());
        notes.check(
                kind + " is ended with the right GOODBYE",
                "codes " + right + ", at most one in " + MUTE_ONE_IN + " by 0",
                result.attempts() + " attempts, ended by code " + result.ended() + ", not connected "
                        + result.refused(),
                rightly);
    }

    /** A pair that does nothing wrong, and is measured. */
    private record Healthy(Bench bench, LoadProcess load, int port, Notebook notes) {
        Histogram run(String name, double seconds) throws IOException, InterruptedException {
            PairRun.Result result = bench.pair(
                    load, new PairRun.Order(port, name, PairRun.Pace.RATE, 0, 0, seconds, RATE, 20_000, 64, null));
            notes.histogram("healthy pair, " + name, result.latencies().delivered());
            double share = result.sent() / result.seconds() / RATE * 100;
            notes.check(
                    "the healthy pair, " + name + ", has its rate",
                    "at least 95 %",
                    Notebook.number(share) + " %",
                    share >= 95);
            return Histograms.decode(result.latencies().delivered());
        }
    }

    private static void compare(Bench bench, Notebook notes, Histogram alone, Histogram beside) {
        for (double percentile : new double[] {50, 99}) {
            notes.figure(
                    "healthy pair alone, P" + Notebook.number(percentile),
                    alone.getValueAtPercentile(percentile) / 1e6,
                    "ms");
            notes.figure(
                    "healthy pair beside them, P" + Notebook.number(percentile),
                    beside.getValueAtPercentile(percentile) / 1e6,
                    "ms");
        }
        if (bench.size() != Size.TINY) {
            notes.atMost(
                    "the healthy pair does not notice: P50",
                    beside.getValueAtPercentile(50) / 1e6,
                    alone.getValueAtPercentile(50) / 1e6 * 2 + 10,
                    "ms");
            notes.atMost(
                    "the healthy pair does not notice: P99",
                    beside.getValueAtPercentile(99) / 1e6,
                    alone.getValueAtPercentile(99) / 1e6 * 2 + 50,
                    "ms");
        }
        notes.plot(new Plot(
                "hostile",
                "A healthy pair, alone and beside",
                "one in so many is slower",
                "ms",
                true,
                List.of(Notebook.percentiles("alone", alone), Notebook.percentiles("beside", beside)),
                List.of()));
    }
}
