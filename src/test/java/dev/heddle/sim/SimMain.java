package dev.heddle.sim;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bin/sim}: many seeds, or one of them step by step. Exits 0 if no promise was broken, 1 if one was. */
@Command(name = "bin/sim", mixinStandardHelpOptions = true, description = "Runs the seeded simulation of the core.")
final class SimMain implements Callable<Integer> {
    private static final Duration PROGRESS = Duration.ofSeconds(5);
    private static final long FOR_EVER = Long.MAX_VALUE;

    @Option(names = "--seeds", paramLabel = "N", description = "How many seeds to run (1000).")
    private @Nullable Long seeds;

    @Option(names = "--from", paramLabel = "S", description = "The first of them (1).")
    private long from = 1;

    @Option(names = "--seed", paramLabel = "S", description = "Runs only this one, and prints every step.")
    private @Nullable Long seed;

    @Option(names = "--minutes", paramLabel = "M", description = "Stops after this long.")
    private @Nullable Long minutes;

    @Option(names = "--failures", paramLabel = "F", description = "Stops after so many seeds that fail (1).")
    private long failures = 1;

    private final PrintStream out = System.out;

    private SimMain() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new SimMain()).execute(arguments));
    }

    @Override
    public Integer call() {
        return seed == null ? many() : one(seed);
    }

    private int one(long only) {
        Simulation simulation = new Simulation(only, out::println);
        try {
            simulation.run(Campaign.STEPS);
            out.println("seed " + only + ": no violation; " + simulation.faults());
            return 0;
        } catch (Violation violation) {
            violation.printStackTrace(out);
            return 1;
        }
    }

    private int many() {
        long most = seeds != null ? seeds : minutes != null ? FOR_EVER : 1000;
        Instant begun = Instant.now();
        Instant said = begun;
        Campaign campaign = new Campaign();
        long failed = 0;
        boolean late = false;
        for (long next = from; next - from < most && failed < failures && !late; next++) {
            Campaign.Failure failure = campaign.run(next);
            if (failure != null) {
                failed++;
                out.println(failure.report());
                failure.violation().printStackTrace(out);
            }
            Instant now = Instant.now();
            if (Duration.between(said, now).compareTo(PROGRESS) > 0) {
                said = now;
                out.println(Duration.between(begun, now).toSeconds() + " s: seed " + next + ", " + failed + " failed");
            }
            late = minutes != null && Duration.between(begun, now).toMinutes() >= minutes;
        }
        long took = Math.max(1, Duration.between(begun, Instant.now()).toMillis());
        out.println(campaign);
        out.printf("%d violations, %.1f s, %.0f seeds/s%n", failed, took / 1e3, campaign.seeds() * 1e3 / took);
        return failed == 0 ? 0 : 1;
    }
}
