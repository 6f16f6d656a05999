package dev.heddle.admin;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code /metrics}, in the one of the two text formats of Prometheus that the scraper prefers; it speaks no protobuf. The JVM's own are collected by the library; its
 * classes are loaded by the first scrape, not by a start.
 */
final class MetricsPage implements Route.Handler {
    /** Made by the first scrape. */
    private static final class Library {
        static final PrometheusRegistry JVM = new PrometheusRegistry();
        static final ExpositionFormats FORMATS = ExpositionFormats.init();

        static {
            JvmMetrics.builder().register(JVM);
        }
    }

    private final Observed server;
    private final Observer observer;
    private final Rankings rankings;

    MetricsPage(Observed server, Observer observer, Rankings rankings) {
        this.server = server;
        this.observer = observer;
        this.rankings = rankings;
    }

    @Override
    public Answer answer(Request request) throws Exception {
        List<MetricSnapshot> all =
                new ArrayList<>(new Metrics(server.budget(), observer.observe(), rankings.now()).all());
        Library.JVM.scrape().forEach(all::add);
        ExpositionFormatWriter writer = MediaTypes.preferOpenMetrics(request.accept())
                ? Library.FORMATS.getOpenMetricsTextFormatWriter()
                : Library.FORMATS.getPrometheusTextFormatWriter();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        writer.write(out, new MetricSnapshots(all));
        return new Answer(200, writer.getContentType(), out.toByteArray());
    }
}
