package dev.heddle.cli;

import dev.heddle.admin.Status;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code heddle status}: what is going on in a server; exits 1 if it accepts nothing. */
@Command(
        name = "status",
        description = "Says what is going on in a server. The exit status is 1 if it accepts nothing.",
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private DataOption folder = new DataOption();

    @Option(names = "--json", description = "As the server says it, for programs.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        AdminCall admin = folder.admin();
        if (json) {
            System.out.write(admin.ask("GET", "/status"));
            System.out.println();
            return 0;
        }
        Status status = admin.get("/status", Status.class);
        new StatusText(status, null).lines().forEach(System.out::println);
        return status.troubles().isEmpty() ? 0 : 1;
    }
}
