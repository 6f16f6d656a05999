package dev.heddle.verify.load;

import dev.heddle.verify.oracle.Ledger;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.json.JsonMapper;

/**
 * A load generator's process. Its main thread takes orders from standard input, one a line, and answers each with {@code ok}
 * or {@code error}; it ends with its input, so that none is left behind.
 */
public final class LoadMain {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final PrintStream out;
    private final ReentrantLock printing = new ReentrantLock();
    private final Swarm swarm;

    private LoadMain(PrintStream out) throws IOException {
        this.out = out;
        this.swarm = new Swarm(beat -> print("beat", beat));
    }

    public static void main(String[] arguments) throws IOException {
        LoadMain main = new LoadMain(System.out);
        Thread.ofPlatform()
                .daemon()
                .name("verify-swarm")
                .uncaughtExceptionHandler((thread, failure) -> {
                    failure.printStackTrace();
                    Runtime.getRuntime().halt(3);
                })
                .start(main.swarm);
        main.serve();
        Runtime.getRuntime().halt(0);
    }

    private void serve() throws IOException {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            int space = line.indexOf(' ');
            try {
                print("ok", obey(line.substring(0, space), line.substring(space + 1)));
            } catch (IOException | RuntimeException | InterruptedException failure) {
                print("error", failure.toString());
            }
        }
    }

    private void print(String word, Object value) {
        String line = word + " " + JSON.writeValueAsString(value);
        printing.lock();
        try {
            out.println(line);
            out.flush();
        } finally {
            printing.unlock();
        }
    }

    private Object obey(String verb, String json) throws IOException, InterruptedException {
        return switch (verb) {
            case "pair" -> PairRun.run(read(json, PairRun.Order.class));
            case "open" -> done(swarm.ask(() -> swarm.open(read(json, Orders.Open.class))));
            case "send" -> done(swarm.ask(() -> swarm.send(read(json, Orders.Send.class))));
            case "stop" -> done(swarm.ask(() -> swarm.stop(name(json))));
            case "behave" -> done(swarm.ask(() -> swarm.behave(read(json, Orders.Behave.class))));
            case "presence" -> done(swarm.ask(() -> swarm.presence(read(json, Orders.Presence.class))));
            case "cut" -> done(swarm.ask(() -> swarm.cut(name(json))));
            case "burn" -> Burner.burn(read(json, Burner.Order.class));
            case "attack" -> Attack.run(read(json, Attack.Order.class));
            case "totals" -> swarm.ask(swarm::totals);
            case "known" -> PresenceRun.run(read(json, PresenceRun.Order.class));
            case "status" -> swarm.ask(() -> swarm.group(name(json)).status());
            case "shares" -> swarm.ask(() -> swarm.group(name(json)).shares());
            case "latencies" -> swarm.ask(() -> takeLatencies(swarm.group(name(json))));
            case "ledger" -> ledger(Path.of(name(json)));
            default -> throw new IllegalArgumentException("unknown order " + verb);
        };
    }

    private static <T> T read(String json, Class<T> type) {
        return JSON.readValue(json, type);
    }

    private static String name(String json) {
        return read(json, Orders.Name.class).name();
    }

    private static Orders.Done done(Group group) {
        if (group.peers.isEmpty()) {
            throw new IllegalArgumentException("the group " + group.name + " is empty");
        }
        return new Orders.Done();
    }

    /** Since they were last taken. */
    private static Orders.Latencies takeLatencies(Group group) {
        Orders.Latencies taken = new Orders.Latencies(encode(group.delivered), encode(group.accepted));
        group.delivered.reset();
        group.accepted.reset();
        return taken;
    }

    private static String encode(Histogram histogram) {
        return Histograms.encode(histogram);
    }

    private Orders.Done ledger(Path file) throws InterruptedException {
        return swarm.ask(() -> {
            Ledger ledger = swarm.ledger();
            try {
                ledger.write(file);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            return new Orders.Done();
        });
    }
}
