package dev.heddle.cli;

import dev.heddle.verify.process.Machine;
import dev.heddle.verify.process.Tuning;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code heddle tune}: says what of the operating system limits the number of connections; changes nothing. */
@Command(
        name = "tune",
        description = "Prints the settings of the operating system that would allow more connections. Changes nothing.",
        mixinStandardHelpOptions = true)
final class TuneCommand implements Callable<Integer> {
    @Option(names = "--connections", paramLabel = "N", description = "How many are wanted (100000).")
    private long connections = 100_000;

    @Override
    public Integer call() throws IOException {
        System.out.println("this machine: " + Machine.cores() + " cores, " + (Machine.memoryBytes() >> 20)
                + " MiB of memory, " + Machine.openFiles() + " open files a process");
        List<Tuning.Advice> advice = Tuning.advice(connections);
        if (advice.isEmpty()) {
            System.out.println("nothing of the operating system limits " + connections + " connections");
        }
        for (Tuning.Advice one : advice) {
            System.out.println();
            System.out.println(one.setting() + ": " + one.now() + ", wanted " + one.wanted() + " (" + one.why() + ")");
            System.out.println("    " + one.command());
        }
        return 0;
    }
}
