package dev.heddle.verify.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * What a scenario writes down while it runs; its thread only. Bounded by the scenario, which writes tens of lines and a handful
 * of plots.
 */
public final class Notebook {
    /** A logarithmic axis has no zero. */
    private static final double LEAST_MILLIS = 0.001;

    private final List<Chapter.Figure> figures = new ArrayList<>();
    private final List<Chapter.Check> checks = new ArrayList<>();
    private final List<Chapter.Limit> limits = new ArrayList<>();
    private final List<Plot> plots = new ArrayList<>();
    private final List<Chapter.RawHistogram> histograms = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private String setUp = "";

    /** How it is done, in a sentence or two. */
    public void setUp(String sentences) {
        setUp = sentences;
    }

    public void figure(String name, double value, String unit) {
        figures.add(new Chapter.Figure(name, value, unit, ""));
    }

    /** A count. */
    public void figure(String name, long count, String unit) {
        figure(name, (double) count, unit);
    }

    /** A number that the report to beat has, too. */
    public void figure(String name, double value, String unit, String seed) {
        figures.add(new Chapter.Figure(name, value, unit, seed));
    }

    /** A promise about something that either is so or is not. */
    public void check(String promise, String bar, String measured, boolean held) {
        checks.add(new Chapter.Check(promise, bar, measured, 0, held));
    }

    /** A promise that a number is at most that high. */
    public void atMost(String promise, double measured, double bar, String unit) {
        checks.add(new Chapter.Check(
                promise,
                "at most " + number(bar) + " " + unit,
                number(measured) + " " + unit,
                measured > 0 ? bar / measured : 0,
                measured <= bar));
    }

    /** A promise that a number is at least that high. */
    public void atLeast(String promise, double measured, double bar, String unit) {
        checks.add(new Chapter.Check(
                promise,
                "at least " + number(bar) + " " + unit,
                number(measured) + " " + unit,
                bar > 0 ? measured / bar : 0,
                measured >= bar));
    }

    /** The machine, or the time, allows less than was asked. */
    public void limit(String what, String asked, String ran, String why) {
        limits.add(new Chapter.Limit(what, asked, ran, why));
    }

    public void note(String sentence) {
        notes.add(sentence);
    }

    public void plot(Plot plot) {
        plots.add(plot);
    }

    /** Keeps a histogram of nanoseconds as it is. */
    public void histogram(String name, String base64) {
        histograms.add(new Chapter.RawHistogram(name, "ns", base64));
    }

    /** The percentile curve of a histogram of nanoseconds: x is "one in so many is slower", y in milliseconds. */
    public static Plot.Series percentiles(String name, Histogram histogram) {
        List<Plot.Point> points = new ArrayList<>();
        for (double oneIn = 1.25; oneIn <= Math.max(10, histogram.getTotalCount()); oneIn *= 1.15) {
            points.add(new Plot.Point(
                    oneIn, Math.max(LEAST_MILLIS, histogram.getValueAtPercentile(100 - 100 / oneIn) / 1e6)));
        }
        return new Plot.Series(name, points);
    }

    /** A number for people: as many digits as mean something. */
    public static String number(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        double size = Math.abs(value);
        if (size >= 1000 || value == Math.rint(value)) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(
                Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f", value);
    }

    /** A count for people. */
    public static String number(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** All of it. */
    public Chapter close(String name, String question, String command, double seconds, String failure) {
        return new Chapter(
                name,
                question,
                setUp,
                command,
                seconds,
                List.copyOf(figures),
                List.copyOf(checks),
                List.copyOf(limits),
                List.copyOf(plots),
                List.copyOf(histograms),
                List.copyOf(notes),
                failure);
    }
}
