package dev.heddle.verify.scenario;

import dev.heddle.verify.load.LoadProcess;
import dev.heddle.verify.load.Orders;
import dev.heddle.verify.load.PairRun;
import dev.heddle.verify.oracle.Ledger;
import dev.heddle.verify.oracle.Verdict;
import dev.heddle.verify.process.Launch;
import dev.heddle.verify.process.ServerUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * What one scenario works with; its thread only. Everything that was made here ends with {@link #close}, the last first, and
 * the files go with it.
 */
public final class Bench implements AutoCloseable {
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final List<LoadProcess> loads = new ArrayList<>();
    private final List<Path> pairs = new ArrayList<>();
    private final Launch launch;
    private final Path folder;
    private final Size size;
    private final long seed;
    private final boolean kernelFaults;
    private int folders;

    /**
     * A bench.
     *
     * @param folder which does not exist yet
     * @param kernelFaults whether the loopback interface may be disturbed
     */
    public Bench(Launch launch, Path folder, Size size, long seed, boolean kernelFaults) throws IOException {
        this.launch = launch;
        this.folder = Files.createDirectories(folder);
        this.size = size;
        this.seed = seed;
        this.kernelFaults = kernelFaults;
    }

    public Size size() {
        return size;
    }

    public boolean kernelFaults() {
        return kernelFaults;
    }

    public long seed() {
        return seed;
    }

    public Launch launch() {
        return launch;
    }

    /** Random numbers of the run's seed; a scenario asks once. */
    public Random random() {
        return new Random(seed);
    }

    /** A server on a new data folder. */
    public ServerUnderTest server(ServerUnderTest.Setup setup) throws IOException, InterruptedException {
        Path data = folder.resolve("data-" + folders++);
        return keep(ServerUnderTest.start(launch, data, setup));
    }

    /** A server on a data folder that is there already. */
    public ServerUnderTest server(Path data, ServerUnderTest.Setup setup) throws IOException, InterruptedException {
        return keep(ServerUnderTest.start(launch, data, setup));
    }

    /** A load generator; its ledger becomes part of {@link #verdict}. */
    public LoadProcess load(String name) throws IOException {
        LoadProcess load = keep(LoadProcess.start(launch, folder, name));
        loads.add(load);
        return load;
    }

    /** A load generator that is not asked what it saw: it may be killed. */
    public LoadProcess uncounted(String name) throws IOException {
        return keep(LoadProcess.start(launch, folder, name));
    }

    /** The same, where what it costs itself is no part of what it does to others. */
    public LoadProcess background(String name) throws IOException {
        LoadProcess load = keep(LoadProcess.start(launch.behindAll(), folder, name));
        loads.add(load);
        return load;
    }

    /** A load generator that means harm, in the background and not asked what it saw. */
    public LoadProcess attacker(String name) throws IOException {
        return keep(LoadProcess.start(launch.behindAll(), folder, name));
    }

    /** One sender and one recipient, to the end; their ledger becomes part of {@link #verdict}. */
    public PairRun.Result pair(LoadProcess load, PairRun.Order order) throws IOException, InterruptedException {
        Path file = folder.resolve("pair-" + pairs.size());
        PairRun.Result result = load.pair(order.into(file));
        pairs.add(file);
        return result;
    }

    /** Where a process may leave a file for this one. */
    public Path file(String name) {
        return folder.resolve(name);
    }

    /** Something else to be closed in the end. */
    public <T extends AutoCloseable> T keep(T thing) {
        opened.push(thing);
        return thing;
    }

    /** All load generators, now. */
    public Orders.Totals totals() throws IOException, InterruptedException {
        Orders.Totals totals = new Orders.Totals(0, 0, 0, 0, 0, 0);
        for (LoadProcess load : loads) {
            totals = totals.plus(load.totals());
        }
        return totals;
    }

    /**
     * Waits until everything sent is answered and everything accepted has arrived, or nothing of it moves for so long; what is
     * then missing is missing.
     */
    public void settle(Duration patience) throws IOException, InterruptedException {
        Orders.Totals before = totals();
        long moved = System.nanoTime();
        while (!before.settled() && System.nanoTime() - moved < patience.toNanos()) {
            LockSupport.parkNanos(20_000_000);
            Orders.Totals now = totals();
            if (!now.equals(before)) {
                moved = System.nanoTime();
                before = now;
            }
        }
    }

    /** Every beat of all load generators, in the order of their processes. */
    public List<List<Orders.Beat>> beats() {
        return loads.stream().map(LoadProcess::beats).toList();
    }

    /** All ledgers, added up. */
    public Ledger ledger() throws IOException, InterruptedException {
        Ledger all = new Ledger();
        for (LoadProcess load : loads) {
            all.add(load.ledger());
        }
        for (Path pair : pairs) {
            all.add(Ledger.read(pair));
        }
        return all;
    }

    /** What became of every message of all load generators and pairs. */
    public Verdict verdict() throws IOException, InterruptedException {
        return ledger().judge();
    }

    @Override
    public void close() throws IOException {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception failure) {
                System.err.println("heddle verify: while cleaning up: " + failure);
            }
        }
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
