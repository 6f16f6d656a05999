package dev.heddle.verify.scenario;

import dev.heddle.verify.report.Notebook;

/** One question, and how it is answered by measurement. Stateless; run by one thread. */
public interface Scenario {
    /** As in {@code --scenario NAME}. */
    String name();

    String question();

    /** About how long it takes, in seconds. */
    int seconds(Size size);

    /**
     * Runs to its end. What was written down before an exception stays in the report, and the exception is a promise not held.
     */
    void run(Bench bench, Notebook notes) throws Exception;
}
