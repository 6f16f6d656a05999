package dev.heddle.verify.scenario;

import dev.heddle.verify.load.LoadProcess;
import dev.heddle.verify.load.Orders;
import dev.heddle.verify.process.Machine;
import dev.heddle.verify.process.Sample;
import dev.heddle.verify.process.ServerUnderTest;
import dev.heddle.verify.process.Tuning;
import dev.heddle.verify.report.Notebook;
import dev.heddle.wire.GoodbyeCode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** How much this machine holds: predicted from a part, and then really opened and sent. */
final class Specifications implements Scenario {
    private static final double MIB = 1 << 20;
    private static final int PAIRS = 10;
    private static final int BEYOND = 50;
    private static final int A_PROCESS = 10_000;

    @Override
    public String name() {
        return "specifications";
    }

    @Override
    public String question() {
        return "What is this machine, and how many connections and messages a second does it hold?";
    }

    @Override
    public int seconds(Size size) {
        return size.pick(6, 25, 60);
    }

    @Override
    public void run(Bench bench, Notebook notes) throws Exception {
        notes.setUp(
                "Cost is measured on a part (some thousand connections; a flood from " + PAIRS + " senders to " + PAIRS
                        + " receivers), what the machine should hold is worked out from it, and then it is put to the test.");
        long begun = System.nanoTime();
        ServerUnderTest server = bench.server(ServerUnderTest.Setup.DEFAULT);
        server.said().forEach(line -> notes.note("The server said: " + line));
        for (Tuning.Advice advice : Tuning.advice(100_000)) {
            notes.note("For 100,000 connections (heddle tune): " + advice.setting() + " is " + advice.now()
                    + ", wanted " + advice.wanted() + ": " + advice.command());
        }
        messages(bench, server, notes);
        connections(bench, server, notes);
        notes.plot(Promises.memory("specifications-memory", server, begun, List.of()));
        Promises.belowCeiling(notes, server, begun);
        Promises.everyMessage(notes, bench.verdict());
    }

    private static void messages(Bench bench, ServerUnderTest server, Notebook notes)
            throws IOException, InterruptedException {
        LoadProcess senders = bench.load("senders");
        LoadProcess receivers = bench.load("receivers");
        receivers.open(new Orders.Open("to", server.port(), "to-", PAIRS, 1_000, true, true, bench.seed()));
        senders.open(new Orders.Open("from", server.port(), "from-", PAIRS, 1_000, true, true, bench.seed()));
        senders.await("from", Duration.ofSeconds(10), status -> status.online() == PAIRS);
        receivers.await("to", Duration.ofSeconds(10), status -> status.online() == PAIRS);
        senders.send(new Orders.Send("from", "to-", PAIRS, true, Long.MAX_VALUE, 4_000, 0, 64));
        LockSupport.parkNanos(bench.size().pick(200_000_000L, 1_500_000_000L, 5_000_000_000L));

        long count = receivers.status("to").arrived();
        double server0 = seconds(server.cpu());
        double load0 = seconds(senders.cpu()) + seconds(receivers.cpu());
        long begun = System.nanoTime();
        LockSupport.parkNanos(bench.size().pick(500_000_000L, 2_000_000_000L, 15_000_000_000L));
        double elapsed = (System.nanoTime() - begun) / 1e9;
        double messages = Math.max(1, receivers.status("to").arrived() - count);
        double serverCost = (seconds(server.cpu()) - server0) / messages;
        double loadCost = (seconds(senders.cpu()) + seconds(receivers.cpu()) - load0) / messages;
        senders.stop("from");
        bench.settle(Duration.ofSeconds(20));

        double predicted = Machine.cores() / (serverCost + loadCost);
        notes.figure("CPU of the server for a message, received, stored and delivered", serverCost * 1e6, "us");
        notes.figure("CPU of the load generators for a message", loadCost * 1e6, "us");
        notes.figure("so that " + Machine.cores() + " cores hold, with the load on them", predicted, "messages/s");
        notes.figure("and with the load elsewhere", Machine.cores() / serverCost, "messages/s");
        notes.figure(
                "really stored and delivered, with the load on the same cores",
                messages / elapsed,
                "messages/s",
                "27,400/s");
        if (bench.size() != Size.TINY) {
            notes.atLeast("the predicted rate is reached", messages / elapsed / predicted * 100, 60, "%");
        }
    }

    private static void connections(Bench bench, ServerUnderTest server, Notebook notes)
            throws IOException, InterruptedException {
        int part = bench.size().pick(200, 4_000, 4_000);
        double empty = resident(server);
        List<LoadProcess> loads = new ArrayList<>();
        loads.add(open(bench, server, 0, part));
        LockSupport.parkNanos(500_000_000);
        double each = Math.max(0, resident(server) - empty) * MIB / part;
        int files = server.ceiling().connections();
        int already = 2 * PAIRS + part;
        double free = server.ceiling().bytes() / MIB - resident(server);
        long predicted = Math.min(files, already + (long) (free * MIB / Math.max(1, each)));
        notes.figure("resident memory of a connection that is logged in and idle, of the first " + part, each, "bytes");
        notes.figure("so that this machine holds", predicted, "connections");
        if (predicted < 100_000) {
            notes.limit(
                    "connections",
                    "100,000",
                    Notebook.number(predicted),
                    "the server takes " + files + " here: a process may have " + Machine.openFiles() + " open files");
        }
        int goal = bench.size() == Size.TINY ? 500 : (int) predicted;
        long begun = System.nanoTime();
        int more = goal - already;
        for (int number = 1; more > 0; number++) {
            int count = Math.min(more, A_PROCESS);
            loads.add(open(bench, server, number, count));
            more -= count;
        }
        notes.figure("logins, while they were opened", (goal - already) / ((System.nanoTime() - begun) / 1e9), "/s");
        long online = 2 * PAIRS;
        for (LoadProcess load : loads) {
            online += load.totals().online();
        }
        notes.figure("really opened, all at once", online, "connections");
        double full = resident(server);
        notes.figure("resident memory with all of them", full, "MiB");
        notes.figure(
                "resident memory of a connection that is logged in and idle, of all",
                Math.max(0, full - empty) * MIB / (online - 2 * PAIRS),
                "bytes",
                "11,500 bytes");
        notes.check(
                "the predicted connections were really open",
                Notebook.number(goal),
                Notebook.number(online),
                online >= goal);
        if (goal == files) {
            beyond(bench, server, notes);
        }
    }

    private static void beyond(Bench bench, ServerUnderTest server, Notebook notes)
            throws IOException, InterruptedException {
        LoadProcess late = bench.load("late");
        late.open(new Orders.Open("late", server.port(), "late-", BEYOND, 500, true, true, bench.seed()));
        int code = GoodbyeCode.OVERLOADED.code();
        boolean told = late.await(
                "late", Duration.ofSeconds(5), status -> status.goodbyes().getOrDefault(code, 0L) >= BEYOND);
        notes.check(
                "who comes above the limit is told so",
                "GOODBYE OVERLOADED",
                late.status("late").goodbyes() + "",
                told);
        late.presence("late", false, 1);
    }

    private static LoadProcess open(Bench bench, ServerUnderTest server, int number, int count)
            throws IOException, InterruptedException {
        LoadProcess load = bench.load("idle-" + number);
        String group = "idle-" + number;
        load.open(new Orders.Open(group, server.port(), group + "-", count, 10_000, true, true, bench.seed()));
        load.await(group, Duration.ofSeconds(30), status -> status.online() == count);
        return load;
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static double resident(ServerUnderTest server) {
        Sample sample = server.sampler().now();
        return sample == null ? 0 : sample.residentBytes() / MIB;
    }
}
