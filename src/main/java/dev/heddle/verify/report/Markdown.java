package dev.heddle.verify.report;

import java.util.Set;

/** The report as Markdown. */
final class Markdown {
    private final StringBuilder out = new StringBuilder();

    private Markdown() {}

    static String of(Run run, Set<String> drawn) {
        Markdown page = new Markdown();
        page.head(run);
        run.chapters().forEach(chapter -> page.chapter(chapter, drawn));
        return page.out.toString();
    }

    private void head(Run run) {
        line("# Verification report");
        line("");
        line("Every promise held: **" + (run.held() ? "yes" : "NO") + "**. "
                + run.chapters().size() + " scenarios, "
                + run.size() + ", " + Notebook.number(run.seconds()) + " s, seed " + run.seed() + ", commit "
                + run.commit() + ", " + run.started() + ". To repeat: `" + run.command() + "`.");
        line("");
        line("| scenario | held | seconds |");
        line("|---|---|---|");
        run.chapters()
                .forEach(chapter -> line("| " + chapter.name() + " | " + (chapter.held() ? "yes" : "**NO**") + " | "
                        + Notebook.number(chapter.seconds()) + " |"));
        line("");
        line("## Findings");
        line("");
        run.findings().forEach(finding -> line("* " + finding));
        line("");
        line("## Machine");
        line("");
        line("| | |");
        line("|---|---|");
        run.machine().forEach((name, value) -> line("| " + cell(name) + " | " + cell(value) + " |"));
        line("");
    }

    private void chapter(Chapter chapter, Set<String> drawn) {
        line("## " + chapter.name());
        line("");
        line("*" + chapter.question() + "* " + chapter.setUp());
        line("");
        line("To repeat: `" + chapter.command() + "`");
        line("");
        if (!chapter.failure().isEmpty()) {
            line("**Did not run to its end: " + cell(chapter.failure()) + "**");
            line("");
        }
        if (!chapter.checks().isEmpty()) {
            line("| promise | bar | measured | held |");
            line("|---|---|---|---|");
            chapter.checks()
                    .forEach(check -> line("| " + cell(check.promise()) + " | " + cell(check.bar()) + " | "
                            + cell(check.measured()) + " | " + (check.held() ? "yes" : "**NO**") + " |"));
            line("");
        }
        if (!chapter.figures().isEmpty()) {
            line("| figure | measured | | the report to beat |");
            line("|---|---:|---|---|");
            chapter.figures()
                    .forEach(figure -> line("| " + cell(figure.name()) + " | " + Notebook.number(figure.value()) + " | "
                            + cell(figure.unit()) + " | " + cell(figure.seed()) + " |"));
            line("");
        }
        chapter.limits()
                .forEach(limit -> line("* **" + limit.what() + "**: asked " + limit.asked() + ", ran " + limit.ran()
                        + ", because " + limit.why() + "."));
        chapter.notes().forEach(note -> line("* " + note));
        line("");
        for (Plot plot : chapter.plots()) {
            if (drawn.contains(plot.id())) {
                line("![" + plot.title() + "](plots/" + plot.id() + ".svg)");
                line("");
            }
        }
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("\n", " ");
    }

    private void line(String text) {
        out.append(text).append('\n');
    }
}
