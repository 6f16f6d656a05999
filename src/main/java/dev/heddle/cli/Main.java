package dev.heddle.cli;

import dev.heddle.text.Printable;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code heddle COMMAND ...}; exits 0 if all went well, 1 if not, 2 if the command line made no sense. */
@Command(
        name = "heddle",
        description = "A messaging server that loses nothing.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
public final class Main {
    /** The commands by their names, in the order in which help lists them. */
    private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("serve", ServeCommand.class);
        COMMANDS.put("settings", SettingsCommand.class);
        COMMANDS.put("reload", ReloadCommand.class);
        COMMANDS.put("chat", ChatCommand.class);
        COMMANDS.put("send", SendCommand.class);
        COMMANDS.put("listen", ListenCommand.class);
        COMMANDS.put("status", StatusCommand.class);
        COMMANDS.put("top", TopCommand.class);
        COMMANDS.put("inbox", InboxCommand.class);
        COMMANDS.put("kick", KickCommand.class);
        COMMANDS.put("remove", RemoveCommand.class);
        COMMANDS.put("backup", BackupCommand.class);
        COMMANDS.put("drain", DrainCommand.class);
        COMMANDS.put("token", TokenCommand.class);
        COMMANDS.put("keys", KeysCommand.class);
        COMMANDS.put("log", LogCommand.class);
        COMMANDS.put("tune", TuneCommand.class);
        COMMANDS.put("verify", VerifyCommand.class);
        COMMANDS.put("bench", BenchCommand.class);
        COMMANDS.put("rehearse", RehearseCommand.class);
        COMMANDS.put("version", VersionCommand.class);
        COMMANDS.put("help", CommandLine.HelpCommand.class);
    }

    private Main() {}

    public static void main(String[] arguments) {
        Arguments.fault(arguments, System.getenv(), System.getProperty("sun.jnu.encoding"))
                .ifPresent(fault -> {
                    System.err.println("heddle: " + fault);
                    System.exit(CommandLine.ExitCode.USAGE);
                });
        StandardOutput.isProcessOwn();
        System.exit(finished(arguments, commandLine(arguments).execute(arguments)));
    }

    /**
     * What a command has to say counts only if it could be said: a token that went nowhere is no success. But the status of send
     * tells whether the message is stored, and that it is.
     */
    private static int finished(String[] arguments, int status) {
        boolean sent = arguments.length > 0 && arguments[0].equals("send");
        if (status == 0 && !sent && System.out.checkError()) {
            System.err.println("heddle: standard output cannot be written");
            return 1;
        }
        return status;
    }

    /** Knows the command that is asked for, or all: reading the annotations of each takes time that a server's start has not. */
    static CommandLine commandLine(String... arguments) {
        CommandLine line = new CommandLine(new Main());
        String asked = arguments.length == 0 ? "" : arguments[0];
        COMMANDS.forEach((name, command) -> {
            if (name.equals(asked) || !isOneCommand(asked)) {
                line.addSubcommand(name, command);
            }
        });
        CommandLine serve = line.getSubcommands().get("serve");
        if (serve != null) {
            ServeCommand.addOptions(serve.getCommandSpec());
        }
        // A message may begin with @.
        line.setExpandAtFiles(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(Main::oneLine);
        if (serve != null) {
            CommandLine.IParameterExceptionHandler withUsage = line.getParameterExceptionHandler();
            // After pages of settings nobody would find what was wrong.
            line.setParameterExceptionHandler(
                    (wrong, given) -> wrong.getCommandLine().equals(serve)
                            ? misspelt(wrong)
                            : withUsage.handleParseException(wrong, given));
        }
        return line;
    }

    private static boolean isOneCommand(String asked) {
        return COMMANDS.containsKey(asked) && !asked.equals("help");
    }

    private static int oneLine(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        command.getErr().println("heddle: " + cause(failure));
        return 1;
    }

    private static int misspelt(CommandLine.ParameterException wrong) {
        CommandLine command = wrong.getCommandLine();
        command.getErr()
                .println("heddle: " + cause(wrong) + ", see bin/heddle " + command.getCommandName() + " --help");
        return CommandLine.ExitCode.USAGE;
    }

    /** A failure in one line. Its words may be of others. */
    static String cause(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank()
                ? failure.getClass().getSimpleName()
                : Printable.text(message.lines().findFirst().orElse(""));
    }

    /** The version that was built. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"heddle " + dev.heddle.server.Version.text()};
        }
    }
}
