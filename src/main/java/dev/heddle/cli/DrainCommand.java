package dev.heddle.cli;

import dev.heddle.server.Drained;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code heddle drain}: stops the server of a data folder in good order, and prints its ledger. */
@Command(
        name = "drain",
        description = "Stops a server in good order: goodbye to clients, everything forced, a checkpoint, a ledger.",
        mixinStandardHelpOptions = true)
final class DrainCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @Mixin
    private DataOption folder = new DataOption();

    @Override
    public Integer call() throws Exception {
        Drained end = folder.occupant().drain(PATIENCE);
        if (!end.balances()) {
            System.err.println("heddle: " + end.line());
            return 1;
        }
        System.out.println(end.line());
        return 0;
    }
}
