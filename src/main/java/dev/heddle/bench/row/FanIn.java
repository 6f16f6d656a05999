package dev.heddle.bench.row;

import dev.heddle.bench.load.Traffic;
import dev.heddle.verify.process.ServerUnderTest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Many senders to one receiver who is online. */
final class FanIn implements Row {
    private static final int SENDERS = 10;
    private static final int BYTES = 64;
    private static final Figure ACCEPTED = Figure.atLeast("accepted", "/s", 2_000_000, 1_200_000);
    private static final Figure RECEIVED = Figure.atLeast("received", "/s", 2_000_000, 1_200_000);

    @Override
    public String name() {
        return "fan-in";
    }

    @Override
    public String how(Effort effort) {
        return SENDERS + " senders, " + each(effort) + " messages of " + BYTES
                + " B each, to one receiver who is online; every one accepted and received, in order; beside it about as"
                + " many bytes through the relay, from one connection to another";
    }

    @Override
    public List<Figure> figures() {
        return List.of(ACCEPTED, RECEIVED);
    }

    @Override
    public int warmUps(Effort effort) {
        return effort.pick(0, 3, 3);
    }

    @Override
    public Stand on(Rig rig) throws IOException, InterruptedException {
        Traffic traffic = rig.keep(traffic(rig.server()));
        Optional<Relay> relay = Relay.ifAny(rig);
        return () -> {
            Traffic.Result result = traffic.run(each(rig.effort()));
            Reading reading =
                    new Reading().put(ACCEPTED, result.acceptedPerSecond()).put(RECEIVED, result.receivedPerSecond());
            if (relay.isPresent()) {
                reading.relay(RECEIVED, relay.get().perSecond(result.messages(), BYTES));
            }
            return reading;
        };
    }

    /** The same load, for other rows. */
    static Traffic traffic(ServerUnderTest server) throws IOException {
        return Traffic.fanIn(server.port(), "fan", SENDERS, BYTES);
    }

    /** Messages of each of its senders, for rows that hold two servers against each other. */
    static int eachOfTwo(Effort effort) {
        return effort.pick(1_000, 60_000, 200_000);
    }

    /** Messages of each of its senders. */
    static int each(Effort effort) {
        return effort.pick(1_000, 100_000, 200_000);
    }
}
