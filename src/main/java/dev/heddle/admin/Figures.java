package dev.heddle.admin;

import dev.heddle.routing.LoopPicture;
import dev.heddle.shard.ShardPicture;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** Figures as Prometheus' library wants them: of the server, or of each shard, which is a label then; one thread, one scrape. */
final class Figures {
    /**
     * How often values fell between bounds.
     *
     * @param counts as many as there are bounds, each of the values up to it and above the one before
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Distribution(long[] counts, double sum) {}

    private final List<LoopPicture> shards;
    private final List<MetricSnapshot> all = new ArrayList<>();

    Figures(List<LoopPicture> shards) {
        this.shards = shards;
    }

    List<MetricSnapshot> all() {
        return all;
    }

    void gauge(String name, String help, long figure) {
        all.add(GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(value(figure, Labels.EMPTY))
                .build());
    }

    /** A gauge for each value of a label. */
    void gauge(String name, String help, String label, Map<String, Long> figures) {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
        figures.forEach((value, figure) -> gauge.dataPoint(value(figure, Labels.of(label, value))));
        all.add(gauge.build());
    }

    void gauges(String name, String help, ToLongFunction<ShardPicture> figure) {
        loopGauges(name, help, loop -> figure.applyAsLong(loop.shard()));
    }

    void loopGauges(String name, String help, ToLongFunction<LoopPicture> figure) {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
        for (int shard = 0; shard < shards.size(); shard++) {
            gauge.dataPoint(value(figure.applyAsLong(shards.get(shard)), shard(shard)));
        }
        all.add(gauge.build());
    }

    void counter(String name, String help, long figure) {
        all.add(CounterSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(point(figure, Labels.EMPTY))
                .build());
    }

    void counters(String name, String help, ToLongFunction<ShardPicture> figure) {
        loopCounters(name, help, loop -> figure.applyAsLong(loop.shard()));
    }

    void loopCounters(String name, String help, ToLongFunction<LoopPicture> figure) {
        CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
        for (int shard = 0; shard < shards.size(); shard++) {
            counter.dataPoint(point(figure.applyAsLong(shards.get(shard)), shard(shard)));
        }
        all.add(counter.build());
    }

    /** A counter for each code there is: one that begins later than the others would have no first increase. */
    <E extends Enum<E>> void byCode(String name, String help, E[] codes, Function<ShardPicture, Map<E, Long>> figures) {
        CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
        for (int shard = 0; shard < shards.size(); shard++) {
            Labels labels = shard(shard);
            Map<E, Long> counts = figures.apply(shards.get(shard).shard());
            for (E code : codes) {
                counter.dataPoint(point(counts.getOrDefault(code, 0L), labels.add("code", code.name())));
            }
        }
        all.add(counter.build());
    }

    /** @param bounds ascending, the last one infinite */
    void histograms(String name, String help, double[] bounds, Function<LoopPicture, Distribution> figure) {
        HistogramSnapshot.Builder histogram =
                HistogramSnapshot.builder().name(name).help(help);
        for (int shard = 0; shard < shards.size(); shard++) {
            Distribution distribution = figure.apply(shards.get(shard));
            histogram.dataPoint(HistogramDataPointSnapshot.builder()
                    .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, distribution.counts()))
                    .sum(distribution.sum())
                    .labels(shard(shard))
                    .build());
        }
        all.add(histogram.build());
    }

    private static Labels shard(int number) {
        return Labels.of("shard", Integer.toString(number));
    }

    private static GaugeDataPointSnapshot value(long figure, Labels labels) {
        return GaugeDataPointSnapshot.builder()
                .value((double) figure)
                .labels(labels)
                .build();
    }

    private static CounterDataPointSnapshot point(long figure, Labels labels) {
        return CounterDataPointSnapshot.builder()
                .value((double) figure)
                .labels(labels)
                .build();
    }
}
