package dev.heddle.verify;

import dev.heddle.verify.process.Launch;
import dev.heddle.verify.process.Machine;
import dev.heddle.verify.report.Chapter;
import dev.heddle.verify.report.Findings;
import dev.heddle.verify.report.Notebook;
import dev.heddle.verify.report.Report;
import dev.heddle.verify.report.Run;
import dev.heddle.verify.scenario.Bench;
import dev.heddle.verify.scenario.Scenario;
import dev.heddle.verify.scenario.Scenarios;
import dev.heddle.verify.scenario.Size;
import dev.heddle.verify.scenario.Soak;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** One run: its scenarios one after the other, on the caller's thread, and the report behind them. */
public final class Verification {
    /**
     * What is asked for.
     *
     * @param names of scenarios; empty: all
     * @param out where the report goes
     * @param minutes of soaking; 0: none
     * @param kernelFaults whether the loopback interface may be disturbed
     */
    public record Request(
            Size size,
            List<String> names,
            Path out,
            long seed,
            double minutes,
            boolean kernelFaults,
            String version,
            Launch launch) {}

    private final Request request;
    private final Consumer<String> says;

    private Verification(Request request, Consumer<String> says) {
        this.request = request;
        this.says = says;
    }

    /**
     * Runs it.
     *
     * @param says is told a line a scenario
     * @return true if every promise held
     * @throws IllegalArgumentException if there is no scenario of a name
     */
    public static boolean run(Request request, Consumer<String> says) throws IOException {
        return new Verification(request, says).run();
    }

    private boolean run() throws IOException {
        List<Scenario> scenarios = chosen();
        long begun = System.nanoTime();
        Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        List<Chapter> chapters = new ArrayList<>();
        for (int i = 0; i < scenarios.size(); i++) {
            int left = scenarios.subList(i, scenarios.size()).stream()
                    .mapToInt(scenario -> scenario.seconds(request.size()))
                    .sum();
            says.accept(String.format(
                    Locale.ROOT,
                    "[%d/%d] %s ... (about %d:%02d left in all)",
                    i + 1,
                    scenarios.size(),
                    scenarios.get(i).name(),
                    left / 60,
                    left % 60));
            Chapter chapter = run(scenarios.get(i));
            chapters.add(chapter);
            summary(chapter);
            Report.writeData(soFar(chapters, started, begun), request.out());
        }
        Run run = soFar(chapters, started, begun);
        Report.write(run, request.out());
        says.accept((run.held() ? "every promise held" : "NOT every promise held") + ", "
                + Notebook.number(run.seconds()) + " s; " + request.out().resolve("report.html"));
        return run.held();
    }

    /** What there is so far. */
    private Run soFar(List<Chapter> chapters, Instant started, long begun) throws IOException {
        return new Run(
                request.version(),
                Machine.commit(request.launch().home()),
                started.toString(),
                (System.nanoTime() - begun) / 1e9,
                request.size().name().toLowerCase(Locale.ROOT),
                request.seed(),
                command(""),
                Machine.describe(request.out()),
                List.copyOf(chapters),
                Findings.of(chapters));
    }

    private List<Scenario> chosen() {
        List<Scenario> all = new ArrayList<>(Scenarios.all());
        if (request.minutes() > 0) {
            all.add(new Soak(request.minutes()));
        }
        for (String name : request.names()) {
            if (all.stream().noneMatch(scenario -> scenario.name().equals(name))) {
                throw new IllegalArgumentException("no scenario " + name + "; there are "
                        + String.join(", ", all.stream().map(Scenario::name).toList()));
            }
        }
        return all.stream()
                .filter(scenario -> request.names().isEmpty() || request.names().contains(scenario.name()))
                .toList();
    }

    private Chapter run(Scenario scenario) {
        Notebook notes = new Notebook();
        long begun = System.nanoTime();
        String failure = "";
        Path folder = request.out().resolve("work-" + scenario.name());
        try (Bench bench =
                new Bench(request.launch(), folder, request.size(), request.seed(), request.kernelFaults())) {
            scenario.run(bench, notes);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            failure = "interrupted";
        } catch (Exception broken) {
            failure = broken.toString();
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        return notes.close(
                scenario.name(), scenario.question(), command(" --scenario " + scenario.name()), seconds, failure);
    }

    private String command(String more) {
        String minutes = request.minutes() > 0 ? " --minutes " + Notebook.number(request.minutes()) : "";
        return "bin/verify --" + request.size().name().toLowerCase(Locale.ROOT) + more + " --seed " + request.seed()
                + minutes + (request.kernelFaults() ? " --kernel-faults" : "");
    }

    private void summary(Chapter chapter) {
        long held = chapter.checks().stream().filter(Chapter.Check::held).count();
        says.accept(String.format(
                Locale.ROOT,
                "      %s, %d of %d promises, %.0f s",
                chapter.held() ? "held" : "NOT HELD",
                held,
                chapter.checks().size(),
                chapter.seconds()));
        if (!chapter.failure().isEmpty()) {
            says.accept("      " + chapter.failure());
        }
        chapter.checks().stream()
                .filter(check -> !check.held())
                .forEach(check -> says.accept(
                        "      not held: " + check.promise() + ": " + check.measured() + " (bar " + check.bar() + ")"));
    }
}
