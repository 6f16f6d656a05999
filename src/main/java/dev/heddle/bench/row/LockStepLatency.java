package dev.heddle.bench.row;

import dev.heddle.bench.load.LockStep;
import dev.heddle.verify.process.Machine;
import dev.heddle.verify.process.ServerUnderTest;
import java.io.IOException;
import java.util.List;

/**
 * How long a message takes through a quiet server, held against a relay that does nothing but pass it on. A client of the
 * server is away between two messages, until the disk has the first one, and the processor it runs on has slept meanwhile; what
 * that costs shows a relay whose client pauses as long, and which sleeps meanwhile as well.
 */
final class LockStepLatency implements Row {
    private static final int BYTES = 64;
    private static final Figure P50_RATIO = Figure.atMost("P50, of the relay's", "x", 1.0, 1.2);
    private static final Figure P99_RATIO = Figure.atMost("P99, of the relay's", "x", 1.1, 1.4);
    private static final Figure PAUSING_P50 = Figure.shown("P50, of a relay's that pauses", "x");
    private static final Figure PAUSING_P99 = Figure.shown("P99, of a relay's that pauses", "x");
    private static final Figure P50 = Figure.shown("P50", "us");
    private static final Figure P90 = Figure.shown("P90", "us");
    private static final Figure P99 = Figure.shown("P99", "us");

    @Override
    public String name() {
        return "lock-step";
    }

    @Override
    public String how(Effort effort) {
        return messages(effort) + " messages of " + BYTES + " B, one at a time, through the server and through an epoll"
                + " relay in C, in turns; these on processor 0, the client on processor 1; "
                + pausing(effort)
                + " more through the relay, whose client pauses after each about as long as it waits for ACCEPTED; after "
                + warming(effort) + " through the server that do not count";
    }

    @Override
    public List<Figure> figures() {
        return List.of(P50_RATIO, P99_RATIO, PAUSING_P50, PAUSING_P99, P50, P90, P99);
    }

    @Override
    public int warmUps(Effort effort) {
        return effort.pick(0, 0, 1);
    }

    @Override
    public Stand on(Rig rig) throws IOException, InterruptedException, UnavailableException {
        if (Machine.cores() < 2) {
            throw new UnavailableException("server and client need a processor each");
        }
        Relay relay = rig.keep(Relay.start(rig.home(), Pinned.command(0), rig.path()));
        ServerUnderTest server = rig.server(launch -> launch.serverBehind(Pinned.command(0)));
        int messages = messages(rig.effort());
        LockStep.warm(server.port(), "warm", warming(rig.effort()), BYTES);
        return () -> {
            try (var _ = Pinned.to(1)) {
                LockStep.Result ours = LockStep.throughServer(server.port(), "step", messages, BYTES);
                LockStep.Result floor = LockStep.throughRelay(relay.port(), messages, BYTES, 0);
                LockStep.Result pausing = LockStep.throughRelay(
                        relay.port(), pausing(rig.effort()), BYTES, (long) (ours.pauseP50() * 1000));
                return new Reading()
                        .put(P50_RATIO, ours.p50() / floor.p50())
                        .put(P99_RATIO, ours.p99() / floor.p99())
                        .put(PAUSING_P50, ours.p50() / pausing.p50())
                        .put(PAUSING_P99, ours.p99() / pausing.p99())
                        .put(P50, ours.p50(), floor.p50())
                        .put(P90, ours.p90(), floor.p90())
                        .put(P99, ours.p99(), floor.p99());
            } catch (UnavailableException gone) {
                throw new IOException(gone);
            }
        };
    }

    private static int messages(Effort effort) {
        return effort.pick(200, 1_500, 30_000);
    }

    private static int pausing(Effort effort) {
        return effort.pick(100, 500, 10_000);
    }

    private static int warming(Effort effort) {
        return effort.pick(100, 40_000, 40_000);
    }
}
