package dev.heddle.cli;

import dev.heddle.text.Printable;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code heddle kick USER}: ends somebody's session, who may come back after a while. */
@Command(
        name = "kick",
        description = "Ends a user's session. Nothing is lost, and the client may come back after a while.",
        mixinStandardHelpOptions = true)
final class KickCommand implements Callable<Integer> {
    @Mixin
    private DataOption folder = new DataOption();

    @Option(
            names = "--seconds",
            defaultValue = "10",
            description = "What the client is told to wait before it comes back (${DEFAULT-VALUE}).")
    private int seconds;

    @Parameters(paramLabel = "USER")
    private String user = "";

    @Override
    public Integer call() throws Exception {
        folder.admin().ask("POST", "/kick?user=" + AdminCall.encoded(user) + "&seconds=" + seconds);
        System.out.println("the session of " + Printable.text(user) + " is ended");
        return 0;
    }
}
