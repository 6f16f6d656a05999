package dev.heddle.verify.load;

import dev.heddle.verify.oracle.Ledger;
import dev.heddle.verify.process.ChildJvm;
import dev.heddle.verify.process.Launch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import tools.jackson.databind.json.JsonMapper;

/**
 * A load generator, as a scenario holds it: the scenario's thread gives orders and waits for the answers. Bounded by a beat for
 * every 200 ms of the scenario.
 */
public final class LoadProcess implements AutoCloseable {
    /** Connections that one process may hold: with room for its own files below the usual hard limit of 20,480. */
    public static final int MOST_CONNECTIONS = 19_000;

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int ANSWERS = 16;

    private final LinkedBlockingQueue<String> answers = new LinkedBlockingQueue<>(ANSWERS);
    private final List<Orders.Beat> beats = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Path folder;
    private final String name;
    private final ChildJvm child;

    private LoadProcess(Launch launch, Path folder, String name) throws IOException {
        this.folder = folder;
        this.name = name;
        this.child = new ChildJvm(launch, "768m", LoadMain.class.getName(), this::hear);
    }

    /**
     * Starts one.
     *
     * @param folder for the files that it hands over
     */
    public static LoadProcess start(Launch launch, Path folder, String name) throws IOException {
        return new LoadProcess(launch, folder, name);
    }

    private void hear(String line) {
        if (line.startsWith("beat ")) {
            Orders.Beat beat = JSON.readValue(line.substring(5), Orders.Beat.class);
            lock.lock();
            try {
                beats.add(beat);
            } finally {
                lock.unlock();
            }
        } else if (!answers.offer(line)) {
            throw new IllegalStateException("answers that nobody asked for: " + line);
        }
    }

    private <T> T ask(String verb, Object order, Class<T> type, int seconds) throws IOException, InterruptedException {
        child.say(verb + " " + JSON.writeValueAsString(order));
        String answer = answers.poll(seconds, TimeUnit.SECONDS);
        if (answer == null || !answer.startsWith("ok ")) {
            throw new IOException("load generator " + name + ", " + verb + ": "
                    + (answer == null ? "no answer within " + seconds + " s" : answer));
        }
        return JSON.readValue(answer.substring(3), type);
    }

    private void order(String verb, Object order) throws IOException, InterruptedException {
        Orders.Done done = ask(verb, order, Orders.Done.class, 60);
        if (!done.equals(new Orders.Done())) {
            throw new IOException("load generator " + name + ", " + verb + ": " + done);
        }
    }

    /** One sender and one recipient, to the end. */
    public PairRun.Result pair(PairRun.Order order) throws IOException, InterruptedException {
        return ask("pair", order, PairRun.Result.class, (int) order.seconds() + 240);
    }

    public void open(Orders.Open order) throws IOException, InterruptedException {
        order("open", order);
    }

    public void send(Orders.Send order) throws IOException, InterruptedException {
        order("send", order);
    }

    /** No new messages from this group. */
    public void stop(String group) throws IOException, InterruptedException {
        order("stop", new Orders.Name(group));
    }

    public void behave(String group, boolean reads, boolean acks) throws IOException, InterruptedException {
        order("behave", new Orders.Behave(group, reads, acks));
    }

    public void presence(String group, boolean online, int perSecond) throws IOException, InterruptedException {
        order("presence", new Orders.Presence(group, online, perSecond));
    }

    /** Closes all sockets of a group at once; its peers come back by themselves. */
    public void cut(String group) throws IOException, InterruptedException {
        order("cut", new Orders.Name(group));
    }

    public Orders.Status status(String group) throws IOException, InterruptedException {
        return ask("status", new Orders.Name(group), Orders.Status.class, 60);
    }

    /** All groups together. */
    public Orders.Totals totals() throws IOException, InterruptedException {
        return ask("totals", new Orders.Done(), Orders.Totals.class, 60);
    }

    /** Queries, watches, logins and logouts, judged by a model. */
    public PresenceRun.Result presence(PresenceRun.Order order) throws IOException, InterruptedException {
        return ask("known", order, PresenceRun.Result.class, (int) order.seconds() + 300);
    }

    /** Computes on so many threads, and writes and forces a file over and over (none if empty); returns after that time. */
    public void burn(int threads, String file, double seconds) throws IOException, InterruptedException {
        long ended = ask("burn", new Burner.Order(threads, file, seconds), Long.class, (int) seconds + 60);
        if (ended - System.nanoTime() > 0) {
            throw new IOException("it did not burn long enough");
        }
    }

    public Orders.Shares shares(String group) throws IOException, InterruptedException {
        return ask("shares", new Orders.Name(group), Orders.Shares.class, 60);
    }

    /** What was measured since this was last asked. */
    public Orders.Latencies latencies(String group) throws IOException, InterruptedException {
        return ask("latencies", new Orders.Name(group), Orders.Latencies.class, 60);
    }

    /** Everything that this process has sent and received, and what became of it. */
    public Ledger ledger() throws IOException, InterruptedException {
        Path file = folder.resolve("ledger-" + name);
        order("ledger", new Orders.Name(file.toString()));
        return Ledger.read(file);
    }

    /** Waits for a group; false if it does not come to that in time. */
    public boolean await(String group, Duration most, Predicate<Orders.Status> condition)
            throws IOException, InterruptedException {
        long until = System.nanoTime() + most.toNanos();
        while (!condition.test(status(group))) {
            if (System.nanoTime() - until >= 0) {
                return false;
            }
            LockSupport.parkNanos(20_000_000);
        }
        return true;
    }

    /** Five counts a second since the start. */
    public List<Orders.Beat> beats() {
        lock.lock();
        try {
            return List.copyOf(beats);
        } finally {
            lock.unlock();
        }
    }

    /** CPU time of this process so far. */
    public Duration cpu() {
        return child.cpu();
    }

    /** Hostile clients, for a while. */
    public Attack.Result attack(Attack.Order order) throws IOException, InterruptedException {
        return ask("attack", order, Attack.Result.class, (int) order.seconds() + 60);
    }

    /** {@code kill -9}: all its connections end at once, and what it knew is gone. */
    public void kill() {
        child.kill();
    }

    @Override
    public void close() {
        child.close();
    }
}
