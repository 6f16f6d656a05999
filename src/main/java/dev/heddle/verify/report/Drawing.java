package dev.heddle.verify.report;

import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws a plot as SVG. Letters become outlines, so a page looks the same without the fonts of this machine. */
final class Drawing {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 380;
    private static final Color[] COLORS = {
        new Color(0x1f, 0x6f, 0xb4),
        new Color(0xd9, 0x5f, 0x02),
        new Color(0x2c, 0x8c, 0x4a),
        new Color(0x7b, 0x4f, 0xa3),
        new Color(0x99, 0x1b, 0x1b),
        new Color(0x55, 0x55, 0x55)
    };

    private Drawing() {}

    /** The SVG element, without XML's prologue. */
    static String svg(Plot plot) throws IOException {
        System.setProperty("java.awt.headless", "true");
        VectorGraphics2D graphics = new VectorGraphics2D();
        chart(plot).paint(graphics, WIDTH, HEIGHT);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new SVGProcessor()
                .getDocument(graphics.getCommands(), new PageSize(WIDTH, HEIGHT))
                .writeTo(bytes);
        String document = bytes.toString(StandardCharsets.UTF_8);
        // A hundredth of a pixel is enough, and half the size.
        return document.substring(document.indexOf("<svg")).replaceAll("(\\.[0-9]{2})[0-9]+", "$1");
    }

    private static XYChart chart(Plot plot) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(plot.title())
                .xAxisTitle(plot.x())
                .yAxisTitle(plot.y())
                .build();
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setPlotBorderVisible(false);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        chart.getStyler().setSeriesColors(COLORS);
        chart.getStyler().setXAxisLogarithmic(plot.logarithmic());
        chart.getStyler().setYAxisLogarithmic(plot.logarithmic());
        if (!plot.logarithmic()) {
            chart.getStyler().setYAxisMin(0.0);
        }
        double highest = 0;
        for (Plot.Series full : plot.series()) {
            Plot.Series series = full.thinned();
            if (series.points().isEmpty()) {
                continue;
            }
            chart.addSeries(series.name(), series.xs(), series.ys())
                    .setMarker(SeriesMarkers.NONE)
                    .setLineStyle(new BasicStroke(series.points().size() == 2 ? 1f : 1.6f));
            for (double y : series.ys()) {
                highest = Math.max(highest, y);
            }
        }
        int turn = 0;
        for (Plot.Mark mark : plot.marks()) {
            chart.addAnnotation(new AnnotationLine(mark.x(), true, false));
            if (mark.label().isEmpty()) {
                continue;
            }
            double height = highest * (0.98 - 0.08 * (turn++ % 5));
            chart.addAnnotation(new AnnotationText(mark.label(), mark.x(), height, false));
        }
        return chart;
    }
}
