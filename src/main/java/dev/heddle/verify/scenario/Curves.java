package dev.heddle.verify.scenario;

import dev.heddle.verify.load.Orders;
import dev.heddle.verify.report.Plot;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** Beats of several processes as one curve. Stateless. */
final class Curves {
    private static final double STEP = 0.25;

    private Curves() {}

    /** How fast a count grew, in a second, against seconds since {@code begun}. */
    static Plot.Series rate(
            String name, List<List<Orders.Beat>> processes, long begun, ToLongFunction<Orders.Beat> count) {
        TreeMap<Long, Double> sums = new TreeMap<>();
        for (List<Orders.Beat> beats : processes) {
            for (int i = 1; i < beats.size(); i++) {
                Orders.Beat from = beats.get(i - 1);
                Orders.Beat to = beats.get(i);
                double seconds = (to.nanos() - begun) / 1e9;
                if (seconds >= 0) {
                    long slot = (long) (seconds / STEP);
                    sums.merge(slot, (double) (count.applyAsLong(to) - count.applyAsLong(from)), Double::sum);
                }
            }
        }
        List<Plot.Point> points = new ArrayList<>();
        if (!sums.isEmpty()) {
            for (long slot = 0; slot < sums.lastKey(); slot++) {
                points.add(new Plot.Point(slot * STEP, sums.getOrDefault(slot, 0.0) / STEP));
            }
        }
        return new Plot.Series(name, smoothed(points));
    }

    /** Beats and steps do not meet: the mean of three neighbours. */
    private static List<Plot.Point> smoothed(List<Plot.Point> points) {
        List<Plot.Point> smooth = new ArrayList<>();
        for (int i = 0; i < points.size(); i++) {
            double sum = 0;
            int count = 0;
            for (int at = Math.max(0, i - 1); at <= Math.min(points.size() - 1, i + 1); at++) {
                sum += points.get(at).y();
                count++;
            }
            smooth.add(new Plot.Point(points.get(i).x(), sum / count));
        }
        return smooth;
    }

    /** Accepted and delivered over time, with what happened meanwhile. */
    static Plot throughput(
            String id, String title, List<List<Orders.Beat>> processes, long begun, List<Plot.Mark> marks) {
        return new Plot(
                id,
                title,
                "seconds",
                "messages/s",
                false,
                List.of(
                        rate("accepted", processes, begun, Orders.Beat::accepted),
                        rate("delivered", processes, begun, Orders.Beat::arrived)),
                marks);
    }
}
