package dev.heddle.cli;

import dev.heddle.server.ReloadAnswer;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code heddle reload}: has a server read its configuration again, and says what came of it. */
@Command(
        name = "reload",
        description = "Has a server read its configuration again, and says what changed and what needs a restart.",
        mixinStandardHelpOptions = true)
final class ReloadCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    @Mixin
    private DataOption folder = new DataOption();

    @Override
    public Integer call() throws Exception {
        ReloadAnswer answer = folder.occupant().reload(PATIENCE);
        if (answer.refused()) {
            answer.lines().forEach(line -> System.err.println("heddle: " + line));
            return 1;
        }
        answer.lines().forEach(System.out::println);
        return 0;
    }
}
