package dev.heddle.cli;

import dev.heddle.config.Sample;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code heddle settings}: prints a configuration file that sets nothing and explains everything. */
@Command(
        name = "settings",
        description = "Prints a commented configuration file with every setting and its default.",
        mixinStandardHelpOptions = true)
final class SettingsCommand implements Callable<Integer> {
    @Option(names = "--markdown", description = "As a table instead.")
    private boolean markdown;

    @Override
    public Integer call() {
        System.out.print(markdown ? Sample.markdown() : Sample.file());
        return 0;
    }
}
