package dev.heddle.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bin/sim}: many seeds, or one of them step by step. */
@Command(name = "bin/sim", mixinStandardHelpOptions = true, description = "Runs the seeded simulation of the core.")
final class SimMain implements Callable<Integer> {
    private static final Duration PROGRESS = Duration.ofSeconds(5);

    @Option(names = "--seeds", description = "How many seeds to run (1000).")
    private long seeds = 1000;

    @Option(names = "--from", description = "The first of them (1).")
    private long from = 1;

    @Option(names = "--seed", description = "Runs only this one, and prints every step.")
    private @Nullable Long seed;

    @Option(names = "--minutes", description = "Stops after this long.")
    private long minutes = Long.MAX_VALUE / 120;

    @Option(names = "--steps", description = "Steps of each seed (3000).")
    private int steps = 3000;

    private SimMain() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new SimMain()).execute(arguments));
    }

    @Override
    public Integer call() {
        if (seed != null) {
            String wrong = new Simulation(seed, System.out::println, true).run(steps);
            System.out.println(wrong == null ? "seed " + seed + ": nothing wrong" : "seed " + seed + ": " + wrong);
            return wrong == null ? 0 : 1;
        }
        Instant begun = Instant.now();
        Instant said = begun;
        Faults faults = new Faults();
        long failed = 0;
        long ran = 0;
        long messages = 0;
        for (long next = from; next < from + seeds; next++) {
            Simulation simulation = new Simulation(next, step -> {}, false);
            String wrong = simulation.run(steps);
            faults.add(simulation.faults());
            messages += simulation.oracle().sent();
            ran++;
            if (wrong != null) {
                failed++;
                System.out.println(
                        "seed " + next + ": " + wrong.lines().limit(6).toList());
            }
            Instant now = Instant.now();
            if (Duration.between(said, now).compareTo(PROGRESS) > 0) {
                said = now;
                System.out.printf("%d of %d seeds, %d wrong, %d messages%n", ran, seeds, failed, messages);
            }
            if (Duration.between(begun, now).toMinutes() >= minutes || failed >= 10) {
                break;
            }
        }
        System.out.printf("%d seeds, %d wrong, %d messages, faults %s%n", ran, failed, messages, faults);
        return failed == 0 ? 0 : 1;
    }
}
