package dev.heddle.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code heddle COMMAND ...}; exits 0 if all went well, 1 if not, 2 if the command line made no sense. */
@Command(
        name = "heddle",
        description = "A messaging server that loses nothing.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {
            ServeCommand.class,
            SettingsCommand.class,
            ChatCommand.class,
            SendCommand.class,
            ListenCommand.class,
            LogCommand.class,
            TuneCommand.class,
            VerifyCommand.class,
            VersionCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine commands = new CommandLine(new Main()).setExecutionExceptionHandler(Main::oneLine);
        CommandLine serve = Objects.requireNonNull(commands.getSubcommands().get("serve"));
        ServeCommand.addOptions(serve.getCommandSpec());
        return commands;
    }

    private static int oneLine(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        command.getErr().println("heddle: " + cause(failure));
        return 1;
    }

    /** A failure in one line. */
    static String cause(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank()
                ? failure.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }

    /** The version that was built. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            Properties properties = new Properties();
            try (InputStream in = Main.class.getResourceAsStream("/heddle-version.properties")) {
                if (in != null) {
                    properties.load(in);
                }
            }
            return new String[] {"heddle " + properties.getProperty("version", "unknown")};
        }
    }
}
