package dev.heddle.sim;

import org.jspecify.annotations.Nullable;

/** Runs seed after seed, and adds up what was done to them. */
public final class Campaign {
    /** Steps of each seed. */
    public static final int STEPS = 2500;

    /** A seed and what it brought to light. */
    public record Failure(long seed, Violation violation, Simulation simulation) {
        /** What people need to go on from here. */
        public String report() {
            return "seed " + seed + ", " + violation.getMessage() + "\n  repeat with: bin/sim --seed " + seed
                    + "\n  last steps:\n    " + String.join("\n    ", simulation.lastSteps());
        }
    }

    private final Faults faults = new Faults();
    private long seeds;
    private long messages;

    /** Runs one seed; null if all was well. */
    public @Nullable Failure run(long seed) {
        Simulation simulation = new Simulation(seed, step -> {});
        try {
            simulation.run(STEPS);
            return null;
        } catch (Violation violation) {
            return new Failure(seed, violation, simulation);
        } finally {
            seeds++;
            messages += simulation.messages();
            faults.add(simulation.faults());
        }
    }

    public long seeds() {
        return seeds;
    }

    public Faults faults() {
        return faults;
    }

    @Override
    public String toString() {
        return seeds + " seeds, " + messages + " messages; " + faults;
    }
}
