package dev.heddle.bench;

import dev.heddle.bench.row.Figure;
import dev.heddle.bench.row.Reading;
import dev.heddle.bench.row.Rig;
import dev.heddle.bench.row.Row;
import dev.heddle.bench.row.Stand;
import dev.heddle.bench.row.UnavailableException;
import dev.heddle.verify.process.Launch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** One row, set up for every server that is compared and then run on them in turns; the caller's thread, once. */
final class Trial {
    private final Row row;
    private final Benchmark.Request request;
    private final int runs;
    private final int warmUps;
    private final List<Contestant> contestants = new ArrayList<>();

    /** A server, and what has been measured of it. */
    private record Contestant(String name, Launch launch, List<Reading> readings) {}

    Trial(Row row, Benchmark.Request request, Map<String, Launch> servers) {
        this.row = row;
        this.request = request;
        this.runs = request.runs() > 0 ? request.runs() : row.runs(request.effort());
        this.warmUps = row.warmUps(request.effort());
        servers.forEach((name, launch) -> contestants.add(new Contestant(name, launch, new ArrayList<>())));
    }

    /** An outcome for each server. */
    List<Outcome> run() throws InterruptedException {
        long begun = System.nanoTime();
        String problem = "";
        boolean failed = false;
        try {
            setUp(contestants, new ArrayList<>());
        } catch (UnavailableException lacking) {
            problem = String.valueOf(lacking.getMessage());
        } catch (IOException | RuntimeException broken) {
            problem = broken.toString();
            failed = true;
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (Contestant contestant : contestants) {
            outcomes.add(new Outcome(
                    row.name(),
                    row.how(request.effort()),
                    contestant.name(),
                    warmUps,
                    runs,
                    problem.isEmpty() ? figures(contestant.readings()) : List.of(),
                    (System.nanoTime() - begun) / 1e9,
                    problem,
                    failed));
        }
        return outcomes;
    }

    /** The first of these, and then the others; and runs them when none is left. */
    private void setUp(List<Contestant> left, List<Stand> stands)
            throws IOException, InterruptedException, UnavailableException {
        if (left.isEmpty()) {
            inTurns(stands);
            return;
        }
        Contestant next = left.getFirst();
        Path folder = request.out().resolve("work-" + row.name() + "-" + next.name());
        try (Rig rig = new Rig(next.launch(), request.launch().home(), request.effort(), folder)) {
            stands.add(row.on(rig));
            setUp(left.subList(1, left.size()), stands);
        }
    }

    private void inTurns(List<Stand> stands) throws IOException, InterruptedException {
        for (int run = 0; run < warmUps + runs; run++) {
            for (int i = 0; i < stands.size(); i++) {
                Reading reading = stands.get(i).run();
                if (run >= warmUps) {
                    contestants.get(i).readings().add(reading);
                }
            }
        }
    }

    private List<Measured> figures(List<Reading> readings) {
        List<Measured> figures = new ArrayList<>();
        for (Figure figure : row.figures()) {
            List<Double> values = readings.stream()
                    .map(reading -> reading.value(figure))
                    .filter(Objects::nonNull)
                    .toList();
            List<Double> relay = readings.stream()
                    .map(reading -> reading.relay(figure))
                    .filter(Objects::nonNull)
                    .toList();
            if (!values.isEmpty()) {
                figures.add(new Measured(figure, values, relay));
            }
        }
        return figures;
    }
}
