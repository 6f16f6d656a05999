package dev.heddle.bench;

import dev.heddle.bench.row.Effort;
import dev.heddle.bench.row.Row;
import dev.heddle.bench.row.Rows;
import dev.heddle.verify.process.Launch;
import dev.heddle.verify.process.Machine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** One run of the table: its rows one after the other, on the caller's thread. */
public final class Benchmark {
    private static final String THIS = "this";
    private static final String OTHER = "against";

    /**
     * What is asked for.
     *
     * @param rows by name; empty: all
     * @param runs that count, of every row; 0: as the effort says
     * @param out where the results go
     * @param jvmFlags for the servers, beside their own
     * @param launch the server that is measured
     * @param against servers of another build to measure in turns with it; empty: none
     */
    public record Request(
            Effort effort,
            List<String> rows,
            int runs,
            Path out,
            List<String> jvmFlags,
            String version,
            Launch launch,
            List<Launch> against) {}

    /** Whether the rows were measured at all, and whether each bar held. */
    public record Verdict(boolean measured, boolean held) {}

    private final Request request;
    private final Consumer<String> says;
    private final Map<String, Launch> servers = new LinkedHashMap<>();
    private final List<Outcome> outcomes = new ArrayList<>();

    private Benchmark(Request request, Consumer<String> says) {
        this.request = request;
        this.says = says;
        servers.put(THIS, request.launch().serverWith(request.jvmFlags()));
        for (Launch other : request.against()) {
            servers.put(OTHER, other.serverWith(request.jvmFlags()));
        }
    }

    /**
     * Runs it.
     *
     * @param says is told lines as rows finish
     * @throws IllegalArgumentException if there is no row of a name
     */
    public static Verdict run(Request request, Consumer<String> says) throws IOException, InterruptedException {
        return new Benchmark(request, says).run();
    }

    private Verdict run() throws IOException, InterruptedException {
        List<Row> rows = chosen();
        long begun = System.nanoTime();
        String started = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        MachineSpeed speed = MachineSpeed.measure(request.out());
        says.accept(speed.toString());
        says.accept(Table.header());
        for (Row row : rows) {
            new Trial(row, request, servers).run().forEach(outcome -> {
                outcomes.add(outcome);
                says.accept(Table.lines(outcome, servers.size() > 1));
            });
            // After each row: of a run that may yet be interrupted.
            results(started, begun, speed).write(request.out());
        }
        boolean measured = outcomes.stream().noneMatch(Outcome::failed);
        boolean held = outcomes.stream().allMatch(Outcome::holds);
        says.accept(String.format(
                Locale.ROOT,
                "%s, %.0f s; %s",
                !measured ? "FAILED" : held ? "every bar held" : "not every bar held",
                (System.nanoTime() - begun) / 1e9,
                request.out().resolve("bench.json")));
        return new Verdict(measured, held);
    }

    private List<Row> chosen() {
        for (String name : request.rows()) {
            if (Rows.all().stream().noneMatch(row -> row.name().equals(name))) {
                throw new IllegalArgumentException("no row " + name + "; there are "
                        + String.join(", ", Rows.all().stream().map(Row::name).toList()));
            }
        }
        return Rows.all().stream()
                .filter(row -> request.rows().isEmpty() || request.rows().contains(row.name()))
                .toList();
    }

    private Results results(String started, long begun, MachineSpeed speed) throws IOException {
        Map<String, String> described = new LinkedHashMap<>();
        for (Map.Entry<String, Launch> server : servers.entrySet()) {
            Path home = server.getValue().home();
            described.put(server.getKey(), "commit " + Machine.commit(home) + ", " + home.toAbsolutePath());
        }
        Map<String, String> machine = Machine.describe(request.out());
        speed.putInto(machine);
        return new Results(
                request.version(),
                started,
                request.effort().name().toLowerCase(Locale.ROOT),
                described,
                request.jvmFlags(),
                machine,
                (System.nanoTime() - begun) / 1e9,
                List.copyOf(outcomes));
    }
}
