package dev.heddle.verify.load;

import dev.heddle.verify.load.PresenceModel.Phase;
import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.Protocol;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Users who come and go, and others who ask after them, every answer judged by a {@link PresenceModel}. A virtual thread for
 * each coming-and-going, asking and watching connection. Bounded by the order.
 */
public final class PresenceRun {
    /**
     * How much of it.
     *
     * @param population user names that are asked after
     * @param seeded users that have been there once, before the questions begin
     * @param churners users online at a time, about half of the time each
     * @param watchers each watches all {@code watched} users
     */
    public record Order(
            int port,
            int population,
            int hot,
            int seeded,
            int churners,
            int queriers,
            int watchers,
            int watched,
            double seconds,
            long seed) {}

    /** What was seen; histograms in nanoseconds. */
    public record Result(
            long queries,
            double queriesPerSecond,
            long wrong,
            String example,
            long logins,
            double seedLoginsPerSecond,
            int users,
            long changes,
            long missed,
            long repeated,
            String latency,
            String staleness) {}

    /** The server keeps time in milliseconds, and looks at its clock once a cycle. */
    private static final long SEEN_TOLERANCE_NANOS = 50_000_000;

    private static final String WATCHED = "watched-";
    private static final long TOGGLE_NANOS = 2_500_000_000L;

    private final Order order;
    private final PresenceModel model = new PresenceModel(SEEN_TOLERANCE_NANOS);
    private final Watching watching;
    private final ReentrantLock lock = new ReentrantLock();
    private final Asking asking;
    private final AtomicLong logins = new AtomicLong();
    private final List<String> broken = new ArrayList<>();
    private volatile long until;

    private PresenceRun(Order order) {
        this.order = order;
        this.watching = new Watching(order.watchers());
        this.asking = new Asking(order, model);
    }

    static Result run(Order order) throws IOException, InterruptedException {
        return new PresenceRun(order).go();
    }

    private Result go() throws IOException, InterruptedException {
        long begun = System.nanoTime();
        join(start(order.churners(), this::seed));
        double seeding = Math.max(1e-9, (System.nanoTime() - begun) / 1e9);
        long seeded = logins.get();

        List<Wire> watchers = new ArrayList<>();
        for (int i = 0; i < order.watchers(); i++) {
            watchers.add(Wire.open(order.port(), "watcher-" + i, 0, Wire.LARGE));
        }
        List<Thread> notices = start(order.watchers(), number -> quietly(number, watchers.get(number)));
        until = System.nanoTime() + (long) (order.seconds() * 1e9);
        List<Thread> threads = start(order.churners(), this::churn);
        threads.addAll(start(order.watched(), this::toggle));
        threads.addAll(start(order.queriers(), number -> asking.ask(number, until)));
        join(threads);
        for (Wire watcher : watchers) {
            watcher.close();
        }
        join(notices);
        if (!broken.isEmpty()) {
            throw new IOException(broken.size() + " connections broke, the first: " + broken.getFirst());
        }
        return new Result(
                asking.queries(),
                asking.queries() / order.seconds(),
                asking.wrong(),
                asking.example(),
                logins.get(),
                seeded / seeding,
                model.users(),
                watching.counted(),
                watching.missed(),
                watching.repeated(),
                Histograms.encode(asking.latency()),
                Histograms.encode(watching.staleness()));
    }

    private interface Numbered {
        void go(int number) throws IOException;
    }

    private List<Thread> start(int count, Numbered work) {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    work.go(number);
                } catch (IOException | RuntimeException failure) {
                    noteBroken(failure.toString());
                }
            }));
        }
        return threads;
    }

    private void noteBroken(String failure) {
        lock.lock();
        try {
            broken.add(failure);
        } finally {
            lock.unlock();
        }
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    // ---- coming and going ----

    /** A user of the population. */
    static String name(int user) {
        return "user-" + user;
    }

    private void seed(int churner) throws IOException {
        for (int user = churner; user < order.seeded(); user += order.churners()) {
            visit(user, 0);
        }
    }

    /** Of the users whose number leaves the rest {@code churner}: nobody else logs them in. */
    private void churn(int churner) throws IOException {
        Random random = new Random(order.seed() + churner);
        int mine = order.population() / order.churners();
        while (System.nanoTime() - until < 0) {
            int turn = random.nextInt(4) == 0 ? 0 : random.nextInt(mine);
            visit(turn * order.churners() + churner, random.nextLong(20_000_000, 200_000_000));
            LockSupport.parkNanos(random.nextLong(20_000_000, 200_000_000));
        }
    }

    private void visit(int user, long stayNanos) throws IOException {
        model.now(user, Phase.ENTERING, System.nanoTime());
        try (Wire wire = Wire.open(order.port(), name(user), 0, Wire.SMALL)) {
            model.now(user, Phase.ONLINE, System.nanoTime());
            logins.incrementAndGet();
            if (stayNanos > 0) {
                LockSupport.parkNanos(stayNanos);
            }
            model.now(user, Phase.LEAVING, System.nanoTime());
            leave(wire);
            model.now(user, Phase.OFFLINE, System.nanoTime());
        }
    }

    private static void leave(Wire wire) throws IOException {
        ClientFrames.logout(wire.out());
        wire.flush();
        while (wire.next().type() != Protocol.GOODBYE) {
            // What else was on its way.
        }
    }

    /** A watched user: slow enough for each change to be heard on its own. */
    private void toggle(int number) throws IOException {
        Random random = new Random(order.seed() * 31 + number);
        String name = WATCHED + number;
        LockSupport.parkNanos(random.nextLong(TOGGLE_NANOS / 2));
        while (System.nanoTime() - until < 0) {
            watching.changes(name, true);
            try (Wire wire = Wire.open(order.port(), name, 0, Wire.SMALL)) {
                watching.changed(name, System.nanoTime());
                logins.incrementAndGet();
                LockSupport.parkNanos(TOGGLE_NANOS);
                watching.changes(name, false);
                leave(wire);
            }
            watching.changed(name, System.nanoTime());
            LockSupport.parkNanos(TOGGLE_NANOS);
        }
    }

    private void quietly(int number, Wire watcher) {
        try {
            watching.watch(number, watcher, order.watched(), WATCHED);
        } catch (IOException over) {
            // Closed by us, or what is missing shows as missed.
        }
    }
}
