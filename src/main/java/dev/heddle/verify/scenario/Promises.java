package dev.heddle.verify.scenario;

import dev.heddle.verify.oracle.Verdict;
import dev.heddle.verify.process.Sample;
import dev.heddle.verify.process.ServerUnderTest;
import dev.heddle.verify.report.Notebook;
import dev.heddle.verify.report.Plot;
import java.util.List;

/** The promises that several scenarios put to the test, and the plots that belong to them. Stateless. */
final class Promises {
    private static final double MIB = 1 << 20;

    private Promises() {}

    /** Nothing lost, nothing twice, nothing out of order, nothing changed, nothing unanswered. */
    static void everyMessage(Notebook notes, Verdict verdict) {
        notes.figure("messages accepted", verdict.accepted(), "");
        notes.figure("messages delivered", verdict.arrived(), "");
        verdict.faults()
                .forEach((kind, count) -> notes.check("no message " + kind, "0", Notebook.number(count), count == 0));
        verdict.examples().forEach(notes::note);
        if (verdict.sent() == 0) {
            notes.check("something was measured", "messages sent", "0", false);
        }
    }

    /** The resident size stayed below the ceiling that the server printed. */
    static void belowCeiling(Notebook notes, ServerUnderTest server, long sinceNanos) {
        long ceiling = server.ceiling().bytes();
        long peak = server.sampler().since(sinceNanos).stream()
                .mapToLong(Sample::residentBytes)
                .max()
                .orElse(0);
        if (ceiling == 0) {
            notes.check(
                    "the server prints a memory ceiling",
                    "a line",
                    server.ceiling().text(),
                    false);
        } else {
            notes.atMost("resident memory stays below the printed ceiling", peak / MIB, ceiling / MIB, "MiB");
        }
    }

    /** Resident memory over time, with the ceiling. */
    static Plot memory(String id, ServerUnderTest server, long sinceNanos, List<Plot.Mark> marks) {
        List<Sample> samples = server.sampler().since(sinceNanos);
        List<Plot.Point> resident = samples.stream()
                .map(sample -> new Plot.Point((sample.nanos() - sinceNanos) / 1e9, sample.residentBytes() / MIB))
                .toList();
        double end = resident.isEmpty() ? 1 : resident.getLast().x();
        return new Plot(
                id,
                "Memory of the server",
                "seconds",
                "MiB",
                false,
                List.of(
                        new Plot.Series("resident", resident),
                        Plot.Series.level("ceiling", 0, end, server.ceiling().bytes() / MIB)),
                marks);
    }
}
