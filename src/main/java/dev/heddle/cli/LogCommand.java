package dev.heddle.cli;

import dev.heddle.server.OfflineCheck;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code heddle log check DIR} and {@code heddle log stats DIR}: what is in a data folder, while no server runs on it. */
@Command(
        name = "log",
        description = "Looks into a data folder that no server runs on. Changes nothing in it.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class LogCommand {
    @Command(
            name = "check",
            description = "Verifies every record; exits with 1 if there is damage, and names file and offset.",
            mixinStandardHelpOptions = true)
    int check(@Parameters(paramLabel = "DIR", description = "The data folder.") Path folder) throws IOException {
        return report(folder, 0);
    }

    @Command(
            name = "stats",
            description = "Verifies every record, and prints segments, their live share, and the largest inboxes.",
            mixinStandardHelpOptions = true)
    int stats(
            @Parameters(paramLabel = "DIR", description = "The data folder.") Path folder,
            @Option(names = "--inboxes", defaultValue = "10", description = "How many inboxes to name (10).")
                    int inboxes)
            throws IOException {
        return report(folder, Math.max(1, inboxes));
    }

    private static int report(Path folder, int inboxes) throws IOException {
        try (OfflineCheck check = new OfflineCheck(folder)) {
            return check.report(inboxes, System.out::println) ? 0 : 1;
        }
    }
}
