package dev.heddle.cli;

import dev.heddle.config.Area;
import dev.heddle.config.Given;
import dev.heddle.config.Setting;
import dev.heddle.config.Settings;
import dev.heddle.config.Sources;
import dev.heddle.config.Values;
import dev.heddle.events.Event;
import dev.heddle.events.LineOutput;
import dev.heddle.events.LogBackend;
import dev.heddle.events.StandardStream;
import dev.heddle.server.Drained;
import dev.heddle.server.FolderLostException;
import dev.heddle.server.Hangup;
import dev.heddle.server.Reload;
import dev.heddle.server.Server;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code heddle serve}: runs a server until it is told to stop, by SIGTERM or SIGINT, and then drains it. Every setting is an
 * option of its own: {@code --inbox-messages} is {@code inbox.messages}.
 */
@Command(name = "serve", description = "Runs a server.", mixinStandardHelpOptions = true, showDefaultValues = false)
final class ServeCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

    /** Longer than a drain under any load takes, shorter than the minute that bin/stop waits. */
    private static final int MOST_DRAIN_SECONDS = 50;

    private final LineOutput out = new LineOutput("heddle-out", StandardStream.out(), dropped -> "");

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Settings, in the form name=value (the file that HEDDLE_CONFIG names).")
    private @Nullable Path config;

    @Option(names = "--set", paramLabel = "NAME=VALUE", description = "A setting, by its name in the file.")
    private Map<String, String> others = new TreeMap<>();

    @Spec
    private @Nullable CommandSpec spec;

    /** Adds an option for each setting. */
    static void addOptions(CommandSpec serve) {
        for (Area area : Settings.TABLE) {
            for (Setting<?> setting : area.settings()) {
                serve.addOption(option(setting));
            }
        }
    }

    private static OptionSpec option(Setting<?> setting) {
        String label = setting.unit().isEmpty() ? "VALUE" : setting.unit().replace(' ', '-');
        OptionSpec.Builder option = OptionSpec.builder(setting.option())
                .type(String.class)
                .paramLabel(label)
                .description(setting.meaning().replace("%", "%%") + " (" + setting.otherwise() + ").");
        if (setting.isFlag()) {
            option.arity("0..1").fallbackValue("yes");
        }
        return option.build();
    }

    @Override
    public Integer call() throws Exception {
        Thread.setDefaultUncaughtExceptionHandler(ServeCommand::tellFault);
        try {
            return run();
        } catch (Exception wrong) {
            complain(Main.cause(wrong));
            if (LogBackend.isInFile()) {
                // Whoever starts it here does not look there.
                say("heddle: " + Main.cause(wrong));
            }
            return 1;
        } finally {
            flush();
        }
    }

    private int run() throws Exception {
        Hangup hangup = Hangup.caught();
        Sources sources = sources();
        Values values = sources.read();
        Settings settings = Settings.of(values);
        Server server = Server.start(settings, this::say);
        // Before anyone hears that it is ready: a signal that follows at once is to drain, too.
        AtomicBoolean lost = new AtomicBoolean();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> drain(server, lost), "heddle-drain"));
        long pid = ProcessHandle.current().pid();
        say("heddle ready on " + server.addresses() + ", pid " + pid
                + server.admin().map(uri -> ", admin " + uri).orElse("") + ", data "
                + settings.storage().data());
        hangup.fulfil(new Reload(sources, values, server)::run);
        return serve(server, lost);
    }

    /** Never waits: who started it may have stopped reading. */
    private void say(String line) {
        out.add(line + "\n");
    }

    /** Among the events of the log, where whoever looks after the server finds it. */
    private static void complain(String what) {
        LogBackend.say("heddle: " + what);
    }

    private void flush() {
        out.flush(LogBackend.PATIENCE_MILLIS);
        LogBackend.flush();
    }

    /** The end of a thread is no reason to print to a stream that may stand still. */
    private static void tellFault(Thread thread, Throwable failure) {
        LOG.atError()
                .addKeyValue("event", Event.FAULT)
                .addKeyValue("thread", thread.getName())
                .setCause(failure)
                .log();
    }

    private Sources sources() {
        Map<String, String> environment = System.getenv();
        String usual = environment.getOrDefault(Sources.FILE_VARIABLE, "");
        Path file = config == null && !usual.isEmpty() ? Path.of(usual) : config;
        return new Sources(file, environment, flags());
    }

    private Map<String, Given> flags() {
        Map<String, Given> flags = new TreeMap<>();
        others.forEach((name, text) -> flags.put(name, new Given(text.strip(), "--set")));
        if (spec == null) {
            return flags;
        }
        var parsed = spec.commandLine().getParseResult();
        for (Area area : Settings.TABLE) {
            for (Setting<?> setting : area.settings()) {
                String text = parsed.matchedOptionValue(setting.option(), null);
                if (text != null) {
                    flags.put(setting.name(), new Given(text.strip(), setting.option()));
                }
            }
        }
        return flags;
    }

    /** Never returns: the process ends in the drain or in a failure. */
    private int serve(Server server, AtomicBoolean lost) throws InterruptedException {
        Throwable failure = server.awaitFailure();
        if (failure instanceof FolderLostException folder && folder.isStillOurs()) {
            complain(Main.cause(failure) + "; the server stops");
            lost.set(true);
            System.exit(1);
        }
        String what = failure instanceof FolderLostException ? "" : "storage failed, nothing more is accepted: ";
        complain(what + Main.cause(failure));
        // At once: what is in memory is of no use, and recovery decides what was durable.
        halt(1);
        return 1;
    }

    /** A disk that hangs does not keep the process: what it has not forced it has not accepted. A pause of it counts little. */
    private void giveUpDrain() {
        for (int second = 0; second < MOST_DRAIN_SECONDS; second++) {
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
        }
        complain("not drained after " + MOST_DRAIN_SECONDS + " seconds, the next start recovers");
        halt(1);
    }

    /** @param lost whether the server ends because its folder was taken from it, which is no good end */
    private void drain(Server server, AtomicBoolean lost) {
        Thread.ofPlatform().name("heddle-drain-limit").daemon(true).start(this::giveUpDrain);
        try {
            Drained drained = server.drain();
            say(drained.line());
            halt(drained.balances() && !lost.get() ? 0 : 1);
        } catch (Exception failure) {
            complain("the drain failed, the next start recovers: " + Main.cause(failure));
            halt(1);
        }
    }

    /** What was said is written first, if that takes no longer than it should. */
    private void halt(int status) {
        flush();
        Runtime.getRuntime().halt(status);
    }
}
