package dev.heddle.bench.row;

import dev.heddle.bench.load.Audience;
import dev.heddle.bench.load.Drip;
import dev.heddle.bench.load.LockStep;
import dev.heddle.bench.load.Mailing;
import dev.heddle.bench.load.Traffic;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** What a healthy pair notices of thousands of receivers that no longer read. */
final class BesideStalled implements Row {
    private static final int SENDERS = 10;
    private static final int RATE = 20_000;
    private static final int FLOOD_BYTES = 200;
    private static final int PAIR_BYTES = 64;
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
                + " receivers in turn: what it has while none of them reads and their windows are full, of what it has while"
                + " all of them read; " + flooded(effort) + " messages as fast as it can, " + stepped(effort)
                + " in lock-step; then all read on, and everything has to arrive";
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
        int port = rig.server().port();
        Effort effort = rig.effort();
        int count = receivers(effort);
        Audience audience = rig.keep(new Audience(port, "stalled", count, 2 * SENDERS, FLOOD_BYTES));
        Mailing fills = rig.keep(new Mailing(port, "stalled", SENDERS, count, FLOOD_BYTES));
        Drip drip = rig.keep(new Drip(port, "drip", SENDERS, SENDERS, "stalled", count, FLOOD_BYTES));
        Traffic pair = rig.keep(Traffic.fanIn(port, "pair", 1, PAIR_BYTES));
        long fill = (long) count / SENDERS * FILLS;
        return new Stand() {
            private long filled;

            @Override
            public Reading run() throws IOException, InterruptedException {
                drip.rate(RATE);
                pause();
                Seen without = watch();
                audience.reads(false);
                fills.send(fill);
                filled += fill * SENDERS;
                pause();
                Seen with = watch();
                long dripped = drip.stop();
                audience.reads(true);
                audience.await(filled + dripped);
                return new Reading()
                        .put(THROUGHPUT, with.perSecond() / without.perSecond() * 100)
                        .put(P99_RATIO, with.p99() / without.p99())
                        .put(RATE_WITHOUT, without.perSecond())
                        .put(RATE_WITH, with.perSecond())
                        .put(P99_WITHOUT, without.p99())
                        .put(P99_WITH, with.p99());
            }

            private Seen watch() throws IOException, InterruptedException {
                double perSecond = pair.run(flooded(effort)).receivedPerSecond();
                return new Seen(
                        perSecond,
                        LockStep.throughServer(port, "step", stepped(effort), PAIR_BYTES)
                                .p99());
            }
        };
    }

    private static void pause() {
        LockSupport.parkNanos(300_000_000);
    }

    private static int receivers(Effort effort) {
        return effort.pick(100, 10_000, 10_000);
    }

    private static int flooded(Effort effort) {
        return effort.pick(1_000, 300_000, 1_000_000);
    }

    private static int stepped(Effort effort) {
        return effort.pick(100, 5_000, 20_000);
    }
}
