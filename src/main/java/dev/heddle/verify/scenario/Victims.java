package dev.heddle.verify.scenario;

import dev.heddle.verify.load.LoadProcess;
import dev.heddle.verify.load.Orders;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A process of clients that is killed while it receives and sends; the scenario's thread. What it received it had not
 * acknowledged, so all of it is delivered once more, to another process that takes over its users. That process also sends what
 * they receive, and is asked what it saw, so every message counts. What the killed process sent itself goes to users of its own:
 * nobody knows which of it was accepted.
 */
final class Victims {
    private static final int COUNT = 50;
    private static final int EACH = 60;
    private static final int BYTES = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Bench bench;
    private final int port;
    private @Nullable LoadProcess survivor;
    private int strikes;

    Victims(Bench bench, int port) {
        this.bench = bench;
        this.port = port;
    }

    /** Lets a new process receive and send, kills it half way, and lets the other one take over. */
    void strike() throws IOException, InterruptedException {
        LoadProcess counted = survivor == null ? bench.load("survivor") : survivor;
        survivor = counted;
        String receivers = "victim-" + strikes + "-";
        String senders = "to-victims-" + strikes + "-";
        String own = "uncounted-" + strikes + "-";
        strikes++;
        LoadProcess killed = bench.uncounted("victims-" + strikes);
        killed.open(new Orders.Open(receivers, port, receivers, COUNT, 1000, true, false, bench.seed()));
        killed.open(new Orders.Open(own, port, own, COUNT, 1000, true, true, bench.seed()));
        counted.open(new Orders.Open(senders, port, senders, COUNT, 1000, true, true, bench.seed()));
        counted.send(new Orders.Send(senders, receivers, COUNT, true, EACH, EACH, 0, BYTES));
        killed.send(new Orders.Send(own, own, COUNT, true, Long.MAX_VALUE, 50, 0, BYTES));
        boolean underWay = killed.await(own, PATIENCE, status -> status.accepted() > 1_000)
                && killed.await(receivers, PATIENCE, status -> status.arrived() > COUNT);
        killed.kill();
        if (!underWay) {
            throw new IOException("the clients that were to be killed were not served");
        }
        counted.open(new Orders.Open(receivers, port, receivers, COUNT, 1000, true, true, bench.seed()));
    }
}
