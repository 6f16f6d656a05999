package dev.heddle.bench.row;

import dev.heddle.bench.load.Traffic;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Many senders, each to a receiver of its own. */
final class ManyPairs implements Row {
    private static final int PAIRS = 200;
    private static final int SMALL = 64;
    private static final int LARGE = 1024;
    private static final Figure SMALL_RATE = Figure.atLeast("64 B, received", "/s", 1_500_000, 800_000);
    private static final Figure LARGE_RATE = Figure.shown("1 KB, received", "/s");

    @Override
    public String name() {
        return "pairs";
    }

    @Override
    public String how(Effort effort) {
        return PAIRS + " pairs, " + small(effort) + " messages of 64 B and " + large(effort)
                + " of 1 KB each; every one accepted and received, in order; beside it about as many bytes through the relay,"
                + " from one connection to another";
    }

    @Override
    public List<Figure> figures() {
        return List.of(SMALL_RATE, LARGE_RATE);
    }

    @Override
    public int warmUps(Effort effort) {
        return effort.pick(0, 3, 3);
    }

    @Override
    public Stand on(Rig rig) throws IOException, InterruptedException {
        int port = rig.server().port();
        Traffic small = rig.keep(Traffic.pairs(port, "small", PAIRS, SMALL));
        Traffic large = rig.keep(Traffic.pairs(port, "large", PAIRS, LARGE));
        Optional<Relay> relay = Relay.ifAny(rig);
        return () -> {
            Traffic.Result ofSmall = small.run(small(rig.effort()));
            Traffic.Result ofLarge = large.run(large(rig.effort()));
            Reading reading = new Reading()
                    .put(SMALL_RATE, ofSmall.receivedPerSecond())
                    .put(LARGE_RATE, ofLarge.receivedPerSecond());
            if (relay.isPresent()) {
                reading.relay(SMALL_RATE, relay.get().perSecond(ofSmall.messages(), SMALL))
                        .relay(LARGE_RATE, relay.get().perSecond(ofLarge.messages(), LARGE));
            }
            return reading;
        };
    }

    private static int small(Effort effort) {
        return effort.pick(10, 3_000, 10_000);
    }

    private static int large(Effort effort) {
        return effort.pick(10, 150, 1_000);
    }
}
