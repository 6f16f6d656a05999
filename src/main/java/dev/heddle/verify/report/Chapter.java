package dev.heddle.verify.report;

import java.util.List;

/**
 * What one scenario found.
 *
 * @param setUp how it was done
 * @param failure why it did not run to its end; empty if it did
 */
public record Chapter(
        String name,
        String question,
        String setUp,
        String command,
        double seconds,
        List<Figure> figures,
        List<Check> checks,
        List<Limit> limits,
        List<Plot> plots,
        List<RawHistogram> histograms,
        List<String> notes,
        String failure) {
    /**
     * A number.
     *
     * @param seed the same of the report that this one is to beat; empty if that has none
     */
    public record Figure(String name, double value, String unit, String seed) {}

    /**
     * A promise, held or not.
     *
     * @param bar what was promised
     * @param measured what was seen
     * @param margin how many times better than the bar; 0 where there is no such number
     */
    public record Check(String promise, String bar, String measured, double margin, boolean held) {}

    /** Where the machine, or the time, allowed less than was asked. */
    public record Limit(String what, String asked, String ran, String why) {}

    /** A histogram in HdrHistogram's compressed form, base64. */
    public record RawHistogram(String name, String unit, String base64) {}

    /** All promises held, and it came to its end. */
    public boolean held() {
        return failure.isEmpty() && checks.stream().allMatch(Check::held);
    }

    /** A number by its name; NaN if there is none. */
    public double figure(String wanted) {
        return figures.stream()
                .filter(figure -> figure.name().equals(wanted))
                .mapToDouble(Figure::value)
                .findFirst()
                .orElse(Double.NaN);
    }
}
