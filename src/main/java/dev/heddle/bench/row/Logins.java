package dev.heddle.bench.row;

import dev.heddle.bench.load.Crowd;
import dev.heddle.verify.process.ServerUnderTest;
import java.io.IOException;
import java.util.List;

/** Everybody is cut off, and comes back at once. */
final class Logins implements Row {
    private static final Figure RATE = Figure.atLeast("logins", "/s", 30_000, 15_000);

    @Override
    public String name() {
        return "logins";
    }

    @Override
    public String how(Effort effort) {
        return Connections.idle(effort) + " clients are reset and come back at once, from the first connect to the last"
                + " WELCOME";
    }

    @Override
    public List<Figure> figures() {
        return List.of(RATE);
    }

    @Override
    public int warmUps(Effort effort) {
        return effort.pick(0, 0, 2);
    }

    @Override
    public Stand on(Rig rig) throws IOException, InterruptedException {
        ServerUnderTest server = rig.server();
        int count = Connections.idle(rig.effort());
        Crowd crowd = rig.keep(new Crowd("crowd", count));
        return () -> {
            crowd.login(server.port());
            crowd.cut();
            double seconds = crowd.login(server.port());
            // Another server's turn may be next, and both crowds together are more than a process may open.
            crowd.cut();
            return new Reading().put(RATE, count / seconds);
        };
    }
}
