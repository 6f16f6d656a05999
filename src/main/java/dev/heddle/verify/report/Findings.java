package dev.heddle.verify.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a run comes to, in sentences, each from its data. Stateless. */
public final class Findings {
    private static final int CLOSEST = 3;
    private static final Pattern NUMBER = Pattern.compile("^[0-9][0-9.,]*");

    /** A promise of a chapter. */
    private record Held(Chapter chapter, Chapter.Check check) {}

    private Findings() {}

    /** What fell short first, then the sum of all messages, limits, margins, and the comparison. */
    public static List<String> of(List<Chapter> chapters) {
        List<String> findings = new ArrayList<>();
        shortfalls(chapters, findings);
        messages(chapters, findings);
        limits(chapters, findings);
        margins(chapters, findings);
        comparison(chapters, findings);
        return findings;
    }

    private static void shortfalls(List<Chapter> chapters, List<String> findings) {
        for (Chapter chapter : chapters) {
            if (!chapter.failure().isEmpty()) {
                findings.add("Fell short: " + chapter.name() + " did not run to its end: " + chapter.failure());
            }
            for (Chapter.Check check : chapter.checks()) {
                if (!check.held()) {
                    findings.add("Fell short: " + chapter.name() + ": " + check.promise() + "; measured "
                            + check.measured() + ", promised " + check.bar() + ".");
                }
            }
        }
        if (findings.isEmpty()) {
            findings.add("Every promise held.");
        }
    }

    private static void messages(List<Chapter> chapters, List<String> findings) {
        double accepted = sum(chapters, "messages accepted");
        double delivered = sum(chapters, "messages delivered");
        if (accepted > 0) {
            findings.add(Notebook.number(accepted) + " messages were accepted and " + Notebook.number(delivered)
                    + " delivered in all scenarios together; each was checked by sender, recipient, number, id, order and"
                    + " content.");
        }
    }

    private static double sum(List<Chapter> chapters, String figure) {
        return chapters.stream()
                .mapToDouble(chapter -> chapter.figure(figure))
                .filter(value -> !Double.isNaN(value))
                .sum();
    }

    private static void limits(List<Chapter> chapters, List<String> findings) {
        for (Chapter chapter : chapters) {
            for (Chapter.Limit limit : chapter.limits()) {
                if (limit.what().equals("connections")) {
                    findings.add("What limits this machine first: " + limit.why() + ". " + limit.ran()
                            + " connections fit.");
                }
            }
        }
        long smaller =
                chapters.stream().mapToLong(chapter -> chapter.limits().size()).sum();
        if (smaller > 0) {
            findings.add(
                    "In " + smaller + " places less was run than was asked for; each scenario says what, and why.");
        }
    }

    private static void margins(List<Chapter> chapters, List<String> findings) {
        List<Held> closest = chapters.stream()
                .flatMap(chapter -> chapter.checks().stream().map(check -> new Held(chapter, check)))
                .filter(held -> held.check().held() && held.check().margin() > 0)
                .sorted(Comparator.comparingDouble(held -> held.check().margin()))
                .limit(CLOSEST)
                .toList();
        for (Held held : closest) {
            findings.add("Among the closest margins: " + held.chapter().name() + ": "
                    + held.check().promise() + ", "
                    + held.check().measured() + " against " + held.check().bar() + " ("
                    + Notebook.number(held.check().margin()) + " times).");
        }
    }

    private static void comparison(List<Chapter> chapters, List<String> findings) {
        for (Chapter chapter : chapters) {
            for (Chapter.Figure figure : chapter.figures()) {
                Matcher number = NUMBER.matcher(figure.seed());
                if (!number.find() || Double.isNaN(figure.value()) || figure.value() <= 0) {
                    continue;
                }
                double seed = Double.parseDouble(number.group().replace(",", ""));
                boolean more = figure.unit().endsWith("/s");
                double better = more ? figure.value() / seed : seed / figure.value();
                findings.add(String.format(
                        Locale.ROOT,
                        "%s, %s: %s %s; the report to beat: %s (%s times %s).",
                        chapter.name(),
                        figure.name(),
                        Notebook.number(figure.value()),
                        figure.unit(),
                        figure.seed(),
                        Notebook.number(better >= 1 ? better : 1 / better),
                        better >= 1 ? "better" : "worse"));
            }
        }
    }
}
