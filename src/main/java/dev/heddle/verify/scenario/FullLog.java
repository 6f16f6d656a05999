package dev.heddle.verify.scenario;

import dev.heddle.verify.load.LoadProcess;
import dev.heddle.verify.load.Orders;
import dev.heddle.verify.process.ServerUnderTest;
import dev.heddle.verify.report.Notebook;
import dev.heddle.wire.RejectCode;
import java.time.Duration;
import java.util.List;

/** A log without room: what is sent to somebody absent fills it, and his return frees it. */
final class FullLog implements Scenario {
    private static final int STORAGE_FULL = RejectCode.STORAGE_FULL.code();

    @Override
    public String name() {
        return "full-log";
    }

    @Override
    public String question() {
        return "What happens when there is no room for more messages, and when there is again?";
    }

    @Override
    public int seconds(Size size) {
        return size.pick(3, 3, 3);
    }

    @Override
    public void run(Bench bench, Notebook notes) throws Exception {
        notes.setUp(
                "log.bytes is 24 MiB; one sender fills it with messages of 8 KB to somebody who is away; then he comes.");
        notes.limit(
                "a full disk",
                "a full file system",
                "a full log",
                "filling a file system of its own needs root; the"
                        + " project's tests do that where they may (FullDiskTest)");
        ServerUnderTest server = bench.server(
                new ServerUnderTest.Setup("256m", List.of("max.users=10000", "log.bytes=24m", "segment.bytes=2m")));
        LoadProcess load = bench.load("load");
        load.open(new Orders.Open("filler", server.port(), "filler", 1, 100, true, true, bench.seed()));
        load.await("filler", Duration.ofSeconds(10), status -> status.online() == 1);
        load.send(new Orders.Send("filler", "absent", 1, false, 6_000, 64, 0, 8_000));
        boolean answered = load.await("filler", Duration.ofSeconds(20), Orders.Status::finished);
        Orders.Status full = load.status("filler");
        notes.figure("accepted until it was full", full.accepted(), "messages");
        notes.figure("rejected STORAGE_FULL", full.rejected().getOrDefault(STORAGE_FULL, 0L), "messages");
        notes.check("every SEND is answered", "within 20 s", answered ? "yes" : "no", answered);
        notes.check(
                "a full log is said",
                "REJECTED STORAGE_FULL",
                full.rejected() + "",
                full.rejected().containsKey(STORAGE_FULL));

        load.open(new Orders.Open("absent", server.port(), "absent", 1, 100, true, true, bench.seed()));
        load.await("absent", Duration.ofSeconds(20), status -> status.arrived() >= full.accepted());
        long begun = System.nanoTime();
        boolean again = false;
        while (!again && System.nanoTime() - begun < 10_000_000_000L) {
            long before = load.status("filler").accepted();
            load.send(new Orders.Send("filler", "absent", 1, false, 10, 64, 0, 8_000));
            load.await("filler", Duration.ofSeconds(5), Orders.Status::finished);
            again = load.status("filler").accepted() >= before + 10;
        }
        notes.figure("until it takes messages again", (System.nanoTime() - begun) / 1e9, "s");
        notes.check("it takes messages again by itself", "within 10 s", again ? "yes" : "no", again);
        bench.settle(Duration.ofSeconds(10));
        Promises.everyMessage(notes, bench.verdict());
    }
}
