package dev.heddle.cli;

import dev.heddle.verify.Verification;
import dev.heddle.verify.process.Launch;
import dev.heddle.verify.scenario.Size;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code heddle verify}: servers, load and faults of its own, and a report; exits with 1 if a promise did not hold. */
@Command(
        name = "verify",
        description = "Measures this server on this machine, breaks things, counts every message, and writes a report.",
        mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
    /** Of a library that an installed server does without. */
    private static final String DRAWING = "/org/knowm/xchart/XYChart.class";

    /** One or the other. */
    private static final class Length {
        @Option(names = "--quick", description = "Within 4 minutes (the default).")
        private boolean quick;

        @Option(names = "--full", description = "Within 40 minutes.")
        private boolean full;

        @Option(names = "--tiny", hidden = true)
        private boolean tiny;

        private Size size() {
            return full && !quick ? Size.FULL : tiny ? Size.TINY : Size.QUICK;
        }
    }

    @ArgGroup
    private @Nullable Length length;

    @Option(names = "--scenario", paramLabel = "NAME", description = "Only this one; may be repeated.")
    private List<String> scenarios = new ArrayList<>();

    @Option(names = "--out", paramLabel = "DIR", description = "Where the report goes (target/verify).")
    private Path out = Path.of("target", "verify");

    @Option(names = "--seed", paramLabel = "N", description = "Of everything random (7).")
    private long seed = 7;

    @Option(names = "--minutes", paramLabel = "M", description = "Adds a soak of so many minutes (none).")
    private double minutes;

    @Option(
            names = "--kernel-faults",
            description = "Disturbs the loopback interface with tc, too: only in a network namespace of its own.")
    private boolean kernelFaults;

    @Option(names = "--server-first", hidden = true, description = "Put in front of the server's class path.")
    private String serverFirst = "";

    @Override
    public Integer call() throws IOException {
        if (VerifyCommand.class.getResource(DRAWING) == null) {
            System.err.println("heddle: the verification is no part of an installation; it runs from the sources, as"
                    + " bin/verify");
            return 1;
        }
        Size size = length == null ? Size.QUICK : length.size();
        Path home = Path.of(System.getProperty("heddle.home", "."));
        Verification.Request request = new Verification.Request(
                size,
                scenarios,
                out.toAbsolutePath(),
                seed,
                minutes,
                kernelFaults,
                new Main.Version().getVersion()[0],
                Launch.here(home, serverFirst));
        return Verification.run(request, System.out::println) ? 0 : 1;
    }
}
