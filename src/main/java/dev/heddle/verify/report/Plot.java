package dev.heddle.verify.report;

import java.util.ArrayList;
import java.util.List;

/** Lines over a common axis, and instants at which something happened. */
public record Plot(
        String id, String title, String x, String y, boolean logarithmic, List<Series> series, List<Mark> marks) {
    private static final int MOST_POINTS = 500;

    /** One place of a line. */
    public record Point(double x, double y) {}

    /** One line. */
    public record Series(String name, List<Point> points) {
        /** A level, from one end to the other. */
        public static Series level(String name, double from, double to, double value) {
            return new Series(name, List.of(new Point(from, value), new Point(to, value)));
        }

        /** Every n-th point, so that a plot stays small. */
        Series thinned() {
            int step = points.size() / MOST_POINTS + 1;
            List<Point> fewer = new ArrayList<>();
            for (int i = 0; i < points.size(); i += step) {
                fewer.add(points.get(i));
            }
            return new Series(name, fewer);
        }

        double[] xs() {
            return points.stream().mapToDouble(Point::x).toArray();
        }

        double[] ys() {
            return points.stream().mapToDouble(Point::y).toArray();
        }
    }

    /** Something that happened at {@code x}. */
    public record Mark(double x, String label) {}

    public Plot(String id, String title, String x, String y, List<Series> series) {
        this(id, title, x, y, false, series, List.of());
    }
}
