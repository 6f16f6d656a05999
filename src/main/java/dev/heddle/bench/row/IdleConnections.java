package dev.heddle.bench.row;

import dev.heddle.bench.load.Crowd;
import dev.heddle.bench.load.Traffic;
import dev.heddle.verify.process.Sample;
import dev.heddle.verify.process.ServerUnderTest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** What clients cost that are logged in and do nothing. */
final class IdleConnections implements Row {
    private static final double KB = 1_000;
    private static final long SETTLES_NANOS = 500_000_000;
    private static final Figure HEAP = Figure.atMost("heap each", "KB", 2.9, 3.6);
    private static final Figure RESIDENT = Figure.atMost("resident each", "KB", 5.2, 6.5);
    private static final Figure CPU = Figure.atMost("processor", "%", 1, 1);

    @Override
    public String name() {
        return "idle";
    }

    @Override
    public String how(Effort effort) {
        return Connections.idle(effort)
                + " clients log in and do nothing: growth of heap after a collection, of resident"
                + " memory, and processor time of " + seconds(effort)
                + " s, in % of one processor, once the code of the logins is compiled; a new server each run,"
                + " busy once before, so that its code and its young generation are there";
    }

    @Override
    public List<Figure> figures() {
        return List.of(HEAP, RESIDENT, CPU);
    }

    @Override
    public int warmUps(Effort effort) {
        return 0;
    }

    @Override
    public int runs(Effort effort) {
        return effort.pick(1, 1, 5);
    }

    @Override
    public Stand on(Rig rig) {
        return () -> {
            try (Rig once = rig.once()) {
                return measure(once);
            }
        };
    }

    private static Reading measure(Rig rig) throws IOException, InterruptedException {
        int count = Connections.idle(rig.effort());
        ServerUnderTest server = rig.server();
        ServerJvm jvm = rig.keep(ServerJvm.attach(server.pid()));
        warmUp(server, rig.effort());
        double liveBefore = jvm.liveBytes();
        double residentBefore = resident(server, jvm);
        Crowd crowd = rig.keep(new Crowd("idle", count));
        crowd.login(server.port());
        // Threads that have nothing more to do take a moment to end.
        LockSupport.parkNanos(SETTLES_NANOS);
        double live = jvm.liveBytes();
        double resident = resident(server, jvm);

        Duration cpu = server.cpu();
        int seconds = seconds(rig.effort());
        LockSupport.parkNanos(seconds * 1_000_000_000L);
        double busy = server.cpu().minus(cpu).toNanos() / 1e9;
        return new Reading()
                .put(HEAP, (live - liveBefore) / count / KB)
                .put(RESIDENT, (resident - residentBefore) / count / KB)
                .put(CPU, busy / seconds * 100);
    }

    private static void warmUp(ServerUnderTest server, Effort effort) throws IOException, InterruptedException {
        try (Traffic traffic = Traffic.fanIn(server.port(), "early", 10, 64);
                Crowd crowd = new Crowd("early", effort.pick(10, 1_000, 1_000))) {
            traffic.run(effort.pick(100, 30_000, 100_000));
            double seconds = crowd.login(server.port());
            LockSupport.parkNanos((long) (seconds * 1e9));
        }
    }

    /** Without what the JVM compiles in, which it needs for seconds after something new was asked of it. */
    private static double resident(ServerUnderTest server, ServerJvm jvm) throws IOException {
        jvm.awaitCompiled();
        jvm.trim();
        Sample sample = server.sampler().now();
        if (sample == null) {
            throw new IOException("the server has ended");
        }
        return sample.residentBytes();
    }

    private static int seconds(Effort effort) {
        return effort.pick(1, 5, 10);
    }
}
