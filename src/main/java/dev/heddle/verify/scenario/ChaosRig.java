package dev.heddle.verify.scenario;

import dev.heddle.verify.fault.FaultProxy;
import dev.heddle.verify.fault.KernelNetwork;
import dev.heddle.verify.load.LoadProcess;
import dev.heddle.verify.load.Orders;
import dev.heddle.verify.process.ServerUnderTest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What chaos happens to: a server, a proxy in front of it, half of the clients through the one, half straight to the other, and
 * a few more who are killed. The scenario's thread.
 */
final class ChaosRig {
    static final String SENDERS = "senders";
    static final String RECEIVERS = "receivers";
    static final String NET_SENDERS = "net-senders";
    static final String NET_RECEIVERS = "net-receivers";
    static final ServerUnderTest.Setup SETUP =
            new ServerUnderTest.Setup("512m", List.of("max.users=100000", "max.connections=2000"));

    final Bench bench;
    final ServerUnderTest server;
    final FaultProxy proxy;
    final LoadProcess load;
    final LoadProcess burner;
    final Victims victims;
    final @Nullable KernelNetwork kernel;
    private final int pairs;
    private final double perSecond;

    ChaosRig(Bench bench, int pairs, double perSecond, @Nullable KernelNetwork kernel)
            throws IOException, InterruptedException {
        this.bench = bench;
        this.pairs = pairs;
        this.perSecond = perSecond;
        this.kernel = kernel;
        this.server = bench.server(SETUP);
        this.proxy = bench.keep(new FaultProxy(server.port(), bench.seed()));
        this.load = bench.load("load");
        this.burner = bench.uncounted("burner");
        this.victims = new Victims(bench, server.port());
    }

    /** All clients, over so many seconds. */
    void rampUp(double seconds) throws IOException, InterruptedException {
        int pace = (int) Math.max(50, pairs * 4 / seconds);
        open(RECEIVERS, server.port(), pace);
        open(NET_RECEIVERS, proxy.port(), pace);
        open(SENDERS, server.port(), pace);
        open(NET_SENDERS, proxy.port(), pace);
        if (!awaitWhole(Duration.ofSeconds(30))) {
            throw new IOException("not all clients got in");
        }
    }

    private void open(String group, int port, int pace) throws IOException, InterruptedException {
        load.open(new Orders.Open(group, port, group + "-", pairs, pace, true, true, bench.seed()));
    }

    /** Those at the proxy write to those at the server, and the other way round. */
    void flood() throws IOException, InterruptedException {
        send(SENDERS, NET_RECEIVERS);
        send(NET_SENDERS, RECEIVERS);
    }

    private void send(String from, String to) throws IOException, InterruptedException {
        load.send(new Orders.Send(from, to + "-", pairs, true, Long.MAX_VALUE, 500, perSecond / 2, 150));
    }

    void stop() throws IOException, InterruptedException {
        load.stop(SENDERS);
        load.stop(NET_SENDERS);
    }

    /** Whether everybody is there, within so much time. */
    boolean awaitWhole(Duration most) throws IOException, InterruptedException {
        long until = System.nanoTime() + most.toNanos();
        while (load.totals().online() < 4 * pairs) {
            if (System.nanoTime() - until >= 0) {
                return false;
            }
            LockSupport.parkNanos(20_000_000);
        }
        return true;
    }

    /** Whether everybody is there and most of what is sent is accepted and delivered again, within so much time. */
    boolean awaitRecovered(Duration most) throws IOException, InterruptedException {
        long until = System.nanoTime() + most.toNanos();
        if (!awaitWhole(most)) {
            return false;
        }
        Orders.Totals before = load.totals();
        while (System.nanoTime() - until < 0) {
            long begun = System.nanoTime();
            LockSupport.parkNanos(200_000_000);
            Orders.Totals now = load.totals();
            double expected = perSecond * (System.nanoTime() - begun) / 1e9 * 0.8;
            if (now.accepted() - before.accepted() >= expected && now.arrived() - before.arrived() >= expected) {
                return true;
            }
            before = now;
        }
        return false;
    }

    static void pause(double seconds) {
        LockSupport.parkNanos((long) (seconds * 1e9));
    }
}
