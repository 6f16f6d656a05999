package dev.heddle.cli;

import dev.heddle.bench.Benchmark;
import dev.heddle.bench.row.Effort;
import dev.heddle.bench.row.Recovering;
import dev.heddle.bench.row.Rig;
import dev.heddle.verify.process.Launch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heddle bench}: the table of figures; exits with 1 if it could not be measured, or, if asked to, if a bar was missed. */
@Command(
        name = "bench",
        description = "Measures the server, figure by figure, against its goals and a bare relay.",
        mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
    /** Of a library that an installed server does without. */
    private static final String JSON = "/tools/jackson/databind/json/JsonMapper.class";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--short", description = "Fewer and smaller runs: within 3 minutes.")
    private boolean shortly;

    @Option(names = "--tiny", hidden = true)
    private boolean tiny;

    @Option(names = "--row", paramLabel = "NAME", description = "Only this one; may be repeated.")
    private List<String> rows = new ArrayList<>();

    @Option(names = "--runs", paramLabel = "N", description = "Runs that count, of every row (5; --short: 3).")
    private int runs;

    @Option(names = "--out", paramLabel = "DIR", description = "Where bench.json and bench.md go (target/bench).")
    private Path out = Path.of("target", "bench");

    @Option(names = "--java-opts", paramLabel = "FLAGS", description = "For the servers' JVM, beside their own flags.")
    private String javaOpts = "";

    @Option(
            names = "--against",
            paramLabel = "DIR",
            description = "Measures the server built in that folder, too, in turns with this one.")
    private @Nullable Path against;

    @Option(names = "--strict", description = "Exits with 1 if a bar is missed.")
    private boolean strict;

    @Option(
            names = "--recovery",
            paramLabel = "USERS",
            description = "Measures nothing but a start after kill -9, where so many users have a message each.")
    private long recoveringUsers;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (BenchCommand.class.getResource(JSON) == null) {
            System.err.println(
                    "heddle: the benchmark is no part of an installation; it runs from the sources, as bin/bench");
            return 1;
        }
        if (runs < 0) {
            throw new ParameterException(spec.commandLine(), "--runs " + runs + ": must be 1 or more");
        }
        Path home = Path.of(System.getProperty("heddle.home", "."));
        if (recoveringUsers > 0) {
            Path work = out.toAbsolutePath().resolve("work-recovery");
            try (Rig rig = new Rig(Launch.here(home, ""), home, Effort.FULL, work)) {
                System.out.println(Recovering.measure(rig, recoveringUsers));
            }
            return 0;
        }
        Benchmark.Request request = new Benchmark.Request(
                tiny ? Effort.TINY : shortly ? Effort.SHORT : Effort.FULL,
                rows,
                runs,
                out.toAbsolutePath(),
                javaOpts.isBlank() ? List.of() : List.of(javaOpts.strip().split("\\s+", -1)),
                new Main.Version().getVersion()[0],
                Launch.here(home, ""),
                against == null ? List.of() : List.of(other(against)));
        Benchmark.Verdict verdict = Benchmark.run(request, System.out::println);
        return verdict.measured() && (verdict.held() || !strict) ? 0 : 1;
    }

    private Launch other(Path folder) {
        if (!Files.isReadable(folder.resolve("target").resolve("heddle.jar"))) {
            throw new ParameterException(
                    spec.commandLine(), "--against " + folder + ": no server was built there, see its bin/heddle");
        }
        return Launch.built(folder.toAbsolutePath());
    }
}
