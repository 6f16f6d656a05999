package dev.heddle.bench.row;

import dev.heddle.bench.load.Crowd;
import dev.heddle.bench.load.Traffic;
import dev.heddle.verify.process.ServerUnderTest;
import java.io.IOException;
import java.util.List;

/** Whether a message costs more where many are connected. */
final class CostOfConnections implements Row {
    private static final Figure RATIO = Figure.atMost("a message, of its cost", "x", 1.1, 1.3);

    @Override
    public String name() {
        return "connections";
    }

    @Override
    public String how(Effort effort) {
        return "time a message of the load of fan-in, " + FanIn.eachOfTwo(effort)
                + " messages a sender, on a server with " + Connections.idle(effort)
                + " clients that are logged in, of that on a server without them, in turns";
    }

    @Override
    public List<Figure> figures() {
        return List.of(RATIO);
    }

    @Override
    public int warmUps(Effort effort) {
        return effort.pick(0, 1, 3);
    }

    @Override
    public Stand on(Rig rig) throws IOException, InterruptedException {
        ServerUnderTest empty = rig.server();
        ServerUnderTest crowded = rig.server();
        rig.keep(new Crowd("idle", Connections.idle(rig.effort()))).login(crowded.port());
        Traffic few = rig.keep(FanIn.traffic(empty));
        Traffic many = rig.keep(FanIn.traffic(crowded));
        int each = FanIn.eachOfTwo(rig.effort());
        return () -> {
            double without = few.run(each).receivedSeconds();
            return new Reading().put(RATIO, many.run(each).receivedSeconds() / without);
        };
    }
}
