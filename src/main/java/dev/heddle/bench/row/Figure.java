package dev.heddle.bench.row;

/**
 * Something that a row measures.
 *
 * @param better which way is better
 * @param goal that is worked for; NaN: none
 * @param bar that must hold at least; NaN: none, the figure is there to be seen
 */
public record Figure(String name, String unit, Better better, double goal, double bar) {
    /** Which way is better. */
    public enum Better {
        MORE,
        LESS
    }

    static Figure atLeast(String name, String unit, double goal, double bar) {
        return new Figure(name, unit, Better.MORE, goal, bar);
    }

    static Figure atMost(String name, String unit, double goal, double bar) {
        return new Figure(name, unit, Better.LESS, goal, bar);
    }

    /** Without a goal. */
    static Figure shown(String name, String unit) {
        return new Figure(name, unit, Better.LESS, Double.NaN, Double.NaN);
    }

    public boolean hasBar() {
        return !Double.isNaN(bar);
    }

    /** Whether a value is as good as that. */
    public boolean reaches(double value, double wanted) {
        return better == Better.MORE ? value >= wanted : value <= wanted;
    }
}
