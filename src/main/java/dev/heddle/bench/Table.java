package dev.heddle.bench;

import java.util.List;
import java.util.Locale;

/** How outcomes are shown: lines of a terminal, and Markdown. Stateless. */
final class Table {
    private Table() {}

    static String header() {
        return line("row", "figure", "goal", "at least", "measured", "  least .. most", "relay", "")
                .stripTrailing();
    }

    private static String line(Object... cells) {
        return String.format(Locale.ROOT, "%-11s %-22s %12s %12s %13s  %-25s %12s  %s", cells);
    }

    /** One row's lines; {@code compared}: whether there is another server to be told from. */
    static String lines(Outcome outcome, boolean compared) {
        StringBuilder text = new StringBuilder();
        String row = outcome.row();
        for (Measured measured : outcome.figures()) {
            text.append(line(
                            row,
                            measured.figure().name(),
                            goal(measured),
                            bar(measured),
                            value(measured, measured.median()),
                            "  " + spread(measured),
                            relay(measured),
                            verdict(measured))
                    .stripTrailing());
            text.append(System.lineSeparator());
            row = "";
        }
        if (!outcome.problem().isEmpty()) {
            text.append(line(row, state(outcome) + ": " + outcome.problem(), "", "", "", "", "", "")
                            .stripTrailing())
                    .append(System.lineSeparator());
        }
        text.append(line("", "", "", "", "", "", "", "").stripTrailing())
                .append(String.format(
                        Locale.ROOT,
                        "%11s %s%s after %s, %.1f s",
                        "",
                        compared ? outcome.server() + ": " : "",
                        count(outcome.runs(), "run"),
                        count(outcome.warmUps(), "warm-up"),
                        outcome.seconds()));
        return text.toString();
    }

    private static String state(Outcome outcome) {
        return outcome.failed() ? "FAILED" : "skipped";
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    static String markdown(List<Outcome> outcomes, boolean compared) {
        StringBuilder text = new StringBuilder("""
                | row | figure | goal | at least | measured | least .. most | relay | |
                |---|---|---|---|---|---|---|---|
                """);
        for (Outcome outcome : outcomes) {
            String row = outcome.row() + (compared ? " (" + outcome.server() + ")" : "");
            for (Measured measured : outcome.figures()) {
                text.append("| ")
                        .append(String.join(
                                " | ",
                                row,
                                measured.figure().name(),
                                goal(measured),
                                bar(measured),
                                value(measured, measured.median()),
                                spread(measured),
                                relay(measured),
                                verdict(measured)))
                        .append(" |\n");
            }
            if (!outcome.problem().isEmpty()) {
                text.append("| ")
                        .append(row)
                        .append(" | ")
                        .append(state(outcome))
                        .append(": ")
                        .append(outcome.problem().replace("|", "\\|"))
                        .append(" | | | | | | |\n");
            }
        }
        return text.toString();
    }

    private static String goal(Measured measured) {
        return measured.figure().hasBar() ? value(measured, measured.figure().goal()) : "";
    }

    private static String bar(Measured measured) {
        return measured.figure().hasBar() ? value(measured, measured.figure().bar()) : "";
    }

    private static String spread(Measured measured) {
        return measured.runs().size() == 1 ? "" : number(measured.least()) + " .. " + number(measured.most());
    }

    private static String relay(Measured measured) {
        return measured.relay().isEmpty() ? "" : value(measured, Measured.median(measured.relay()));
    }

    private static String verdict(Measured measured) {
        if (!measured.figure().hasBar()) {
            return "";
        }
        return measured.reachesGoal() ? "goal" : measured.holds() ? "held" : "MISSED";
    }

    private static String value(Measured measured, double value) {
        String unit = measured.figure().unit();
        return number(value) + (unit.startsWith("/") || unit.equals("x") ? unit : " " + unit);
    }

    /** Three digits at least, and no more than there is reason for. */
    static String number(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f", value);
    }
}
