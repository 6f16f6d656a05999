package dev.heddle.verify.scenario;

import dev.heddle.verify.process.Sample;
import java.util.List;
import java.util.function.ToLongFunction;

/** The straight line through samples, by least squares. Stateless. */
final class Slope {
    private Slope() {}

    /** How much a value grows in a second; 0 for fewer than two samples. */
    static double of(List<Sample> samples, ToLongFunction<Sample> value) {
        double count = samples.size();
        if (count < 2) {
            return 0;
        }
        long begun = samples.getFirst().nanos();
        double meanX = samples.stream()
                .mapToDouble(sample -> (sample.nanos() - begun) / 1e9)
                .average()
                .orElse(0);
        double meanY = samples.stream().mapToLong(value).average().orElse(0);
        double above = 0;
        double below = 0;
        for (Sample sample : samples) {
            double x = (sample.nanos() - begun) / 1e9 - meanX;
            above += x * (value.applyAsLong(sample) - meanY);
            below += x * x;
        }
        return below == 0 ? 0 : above / below;
    }
}
