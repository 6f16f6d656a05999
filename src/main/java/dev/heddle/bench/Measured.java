package dev.heddle.bench;

import dev.heddle.bench.row.Figure;
import java.util.List;

/**
 * A figure, as it was measured.
 *
 * @param runs its value in each run that counted, in their order; not empty
 * @param relay the relay's in each of them; empty if it has none
 */
record Measured(Figure figure, List<Double> runs, List<Double> relay) {
    double median() {
        return median(runs);
    }

    double least() {
        return runs.stream().mapToDouble(value -> value).min().orElseThrow();
    }

    double most() {
        return runs.stream().mapToDouble(value -> value).max().orElseThrow();
    }

    /** Whether the median is within the bar; true if there is none. */
    boolean holds() {
        return !figure.hasBar() || figure.reaches(median(), figure.bar());
    }

    boolean reachesGoal() {
        return figure.hasBar() && figure.reaches(median(), figure.goal());
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }
}
