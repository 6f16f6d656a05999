package dev.heddle.cli;

import dev.heddle.bench.load.Rehearsal;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code heddle rehearse}: of use to the scripts that prepare quick starts, and shown to nobody else. */
@Command(name = "rehearse", description = "Puts a little of every kind of load on a new server.", hidden = true)
final class RehearseCommand implements Callable<Integer> {
    @Option(names = "--port", paramLabel = "PORT", required = true, description = "Of the server, on this machine.")
    private int port;

    @Option(names = "--legacy-port", paramLabel = "PORT", description = "Of the same, for clients of the old protocol.")
    private int legacyPort;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Rehearsal.run(port, legacyPort);
        return 0;
    }
}
