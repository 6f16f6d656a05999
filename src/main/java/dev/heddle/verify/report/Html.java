package dev.heddle.verify.report;

import java.util.List;
import java.util.Map;

/** The report as one HTML page that loads nothing from anywhere. */
final class Html {
    private static final String STYLE = """
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a }
            h1, h2 { line-height: 1.2 } h2 { margin-top: 3rem; border-top: 1px solid #ddd; padding-top: 1rem }
            table { border-collapse: collapse; margin: 1rem 0; width: 100% }
            td, th { border-bottom: 1px solid #e4e4e4; padding: .3rem .6rem; text-align: left; vertical-align: top }
            td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
            .yes { color: #176b34; font-weight: 600 } .no { color: #fff; background: #b3261e; font-weight: 600; padding: 0 .4rem }
            code { background: #f3f3f3; padding: .1rem .3rem } svg { max-width: 100%; height: auto }
            nav a { margin-right: 1rem }
            """;

    private final StringBuilder out = new StringBuilder();

    private Html() {}

    static String of(Run run, Map<String, String> drawings) {
        Html page = new Html();
        page.head(run);
        run.chapters().forEach(chapter -> page.chapter(chapter, drawings));
        page.out.append("</body></html>\n");
        return page.out.toString();
    }

    private void head(Run run) {
        out.append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Verification report</title>")
                .append("<meta name=\"viewport\" content=\"width=device-width\"><style>")
                .append(STYLE)
                .append("</style></head><body><h1>Verification report</h1><p>Every promise held: ")
                .append(held(run.held()))
                .append(". ")
                .append(text(run.chapters().size() + " scenarios, " + run.size() + ", "
                        + Notebook.number(run.seconds()) + " s, seed " + run.seed() + ", commit " + run.commit() + ", "
                        + run.started()))
                .append(". To repeat: <code>")
                .append(text(run.command()))
                .append("</code></p><nav>");
        run.chapters()
                .forEach(chapter -> out.append("<a href=\"#" + text(chapter.name()) + "\">" + text(chapter.name())
                        + "</a>" + held(chapter.held()) + " "));
        out.append("</nav><h2>Findings</h2><ul>");
        run.findings()
                .forEach(finding -> out.append("<li>").append(text(finding)).append("</li>"));
        out.append("</ul><h2>Machine</h2><table>");
        run.machine().forEach((name, value) -> row(List.of(text(name), text(value))));
        out.append("</table>");
    }

    private void chapter(Chapter chapter, Map<String, String> drawings) {
        out.append("<h2 id=\"").append(text(chapter.name())).append("\">").append(text(chapter.name()));
        out.append("</h2><p><em>")
                .append(text(chapter.question()))
                .append("</em> ")
                .append(text(chapter.setUp()));
        out.append("</p><p>To repeat: <code>").append(text(chapter.command())).append("</code></p>");
        if (!chapter.failure().isEmpty()) {
            out.append("<p class=\"no\">Did not run to its end: ")
                    .append(text(chapter.failure()))
                    .append("</p>");
        }
        if (!chapter.checks().isEmpty()) {
            out.append("<table><tr><th>promise<th>bar<th>measured<th>held</tr>");
            chapter.checks()
                    .forEach(check -> row(List.of(
                            text(check.promise()), text(check.bar()), text(check.measured()), held(check.held()))));
            out.append("</table>");
        }
        if (!chapter.figures().isEmpty()) {
            out.append("<table><tr><th>figure<th>measured<th>unit<th>the report to beat</tr>");
            for (Chapter.Figure figure : chapter.figures()) {
                out.append("<tr><td>").append(text(figure.name())).append("</td><td class=\"n\">");
                out.append(text(Notebook.number(figure.value()))).append("</td><td>");
                out.append(text(figure.unit())).append("</td><td>").append(text(figure.seed()));
                out.append("</td></tr>");
            }
            out.append("</table>");
        }
        out.append("<ul>");
        chapter.limits()
                .forEach(limit -> out.append("<li><b>" + text(limit.what()) + "</b>: asked " + text(limit.asked())
                        + ", ran " + text(limit.ran()) + ", because " + text(limit.why()) + ".</li>"));
        chapter.notes().forEach(note -> out.append("<li>").append(text(note)).append("</li>"));
        out.append("</ul>");
        for (Plot plot : chapter.plots()) {
            // An SVG's ids are the page's: two plots must not share one.
            String svg = drawings.getOrDefault(plot.id(), "");
            out.append("<figure>")
                    .append(svg.replaceAll("clip(?=[0-9])", plot.id() + "-clip"))
                    .append("</figure>");
        }
    }

    private void row(List<String> cells) {
        out.append("<tr>");
        cells.forEach(cell -> out.append("<td>").append(cell).append("</td>"));
        out.append("</tr>");
    }

    private static String held(boolean held) {
        return held ? "<span class=\"yes\">yes</span>" : "<span class=\"no\">NO</span>";
    }

    private static String text(String plain) {
        return plain.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
