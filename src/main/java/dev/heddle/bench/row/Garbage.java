package dev.heddle.bench.row;

import dev.heddle.bench.load.Traffic;
import dev.heddle.verify.process.ServerUnderTest;
import java.io.IOException;
import java.util.List;

/** What the server leaves to the collector for each message. */
final class Garbage implements Row {
    private static final Figure ALLOCATED = Figure.atMost("a message", "B", 50, 150);

    @Override
    public String name() {
        return "garbage";
    }

    @Override
    public String how(Effort effort) {
        return "the load of fan-in, " + FanIn.each(effort)
                + " messages a sender: bytes that all of the server's threads allocate meanwhile, by the JVM's own counters"
                + " (ThreadMXBean.getTotalThreadAllocatedBytes), for each message";
    }

    @Override
    public List<Figure> figures() {
        return List.of(ALLOCATED);
    }

    @Override
    public int warmUps(Effort effort) {
        return effort.pick(0, 1, 3);
    }

    @Override
    public Stand on(Rig rig) throws IOException, InterruptedException {
        ServerUnderTest server = rig.server();
        ServerJvm jvm = rig.keep(ServerJvm.attach(server.pid()));
        Traffic traffic = rig.keep(FanIn.traffic(server));
        return () -> {
            double before = jvm.allocatedBytes();
            Traffic.Result result = traffic.run(FanIn.each(rig.effort()));
            return new Reading().put(ALLOCATED, (jvm.allocatedBytes() - before) / result.messages());
        };
    }
}
