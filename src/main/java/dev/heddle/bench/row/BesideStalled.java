package dev.heddle.bench.row;

import dev.heddle.bench.load.Crowd;
import dev.heddle.bench.load.Drip;
import dev.heddle.bench.load.LockStep;
import dev.heddle.bench.load.Mailing;
import dev.heddle.bench.load.Traffic;
import java.io.IOException;
import java.util.List;

/** What a healthy pair notices of thousands of receivers that no longer read. */
final class BesideStalled implements Row {
    private static final int SENDERS = 10;
    private static final int RATE = 20_000;
    private static final int FLOOD_BYTES = 200;
    private static final int PAIR_BYTES = 64;
    private static final String FLOODED = "flooded";
    /** More messages than a session that acknowledges none is sent. */
    private static final int FILLS = 24;

    private static final Figure THROUGHPUT = Figure.atLeast("throughput", "%", 99, 95);
    private static final Figure P99_RATIO = Figure.atMost("P99", "x", 1.1, 1.5);
    private static final Figure RATE_WITHOUT = Figure.shown("throughput without", "/s");
    private static final Figure RATE_WITH = Figure.shown("throughput with", "/s");
    private static final Figure P99_WITHOUT = Figure.shown("P99 without", "us");
    private static final Figure P99_WITH = Figure.shown("P99 with", "us");

    /** What the pair has. */
    private record Seen(double perSecond, double p99) {}

    @Override
    public String name() {
        return "stalled";
    }

    @Override
    public String how(Effort effort) {
        return "a pair beside " + RATE + " messages/s of " + FLOOD_BYTES + " B to " + receivers(effort)
                + " users in turn: what it has while all of them are logged in, read nothing, and have their windows"
                + " full, of what it has on a server where all of them are away; " + flooded(effort)
                + " messages as fast as it can, "
                + stepped(effort) + " in lock-step, in turns";
    }

    @Override
    public List<Figure> figures() {
        return List.of(THROUGHPUT, P99_RATIO, RATE_WITHOUT, RATE_WITH, P99_WITHOUT, P99_WITH);
    }

    @Override
    public int warmUps(Effort effort) {
        return effort.pick(0, 1, 1);
    }

    @Override
    public Stand on(Rig rig) throws IOException, InterruptedException {
        Beside away = new Beside(rig, rig.server().port());
        Beside stalled = new Beside(rig, rig.server().port());
        rig.keep(new Crowd(FLOODED, receivers(rig.effort()))).login(stalled.port);
        away.fill();
        stalled.fill();
        return () -> {
            Seen without = away.look();
            Seen with = stalled.look();
            return new Reading()
                    .put(THROUGHPUT, with.perSecond() / without.perSecond() * 100)
                    .put(P99_RATIO, with.p99() / without.p99())
                    .put(RATE_WITHOUT, without.perSecond())
                    .put(RATE_WITH, with.perSecond())
                    .put(P99_WITHOUT, without.p99())
                    .put(P99_WITH, with.p99());
        };
    }

    /** A server with a pair and the flood beside it. */
    private static final class Beside {
        private final Effort effort;
        private final int port;
        private final Mailing fills;
        private final Drip flood;
        private final Traffic pair;

        private Beside(Rig rig, int port) throws IOException {
            this.effort = rig.effort();
            this.port = port;
            int count = receivers(effort);
            fills = rig.keep(new Mailing(port, FLOODED, SENDERS, count, FLOOD_BYTES));
            flood = rig.keep(new Drip(port, "flood", SENDERS, FLOODED, count, FLOOD_BYTES));
            pair = rig.keep(Traffic.fanIn(port, "pair", 1, PAIR_BYTES));
        }

        /** Every one of the flooded has more than a window waiting. */
        private void fill() throws IOException {
            fills.send((long) receivers(effort) / SENDERS * FILLS);
        }

        private Seen look() throws IOException, InterruptedException {
            flood.rate(RATE);
            try {
                double perSecond = pair.run(flooded(effort)).receivedPerSecond();
                return new Seen(
                        perSecond,
                        LockStep.throughServer(port, "step", stepped(effort), PAIR_BYTES)
                                .p99());
            } finally {
                flood.rate(0);
            }
        }
    }

    private static int receivers(Effort effort) {
        return effort.pick(100, 10_000, 10_000);
    }

    private static int flooded(Effort effort) {
        return effort.pick(1_000, 150_000, 600_000);
    }

    private static int stepped(Effort effort) {
        return effort.pick(100, 700, 10_000);
    }
}
