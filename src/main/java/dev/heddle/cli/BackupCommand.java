package dev.heddle.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code heddle backup DIR}: a copy of a running server, that another can be started on. An interrupt calls it off. */
@Command(
        name = "backup",
        description = "Takes a consistent copy of a running server: all that was accepted before is in it.",
        mixinStandardHelpOptions = true)
final class BackupCommand implements Callable<Integer> {
    private static final int FIRST_LOOK_MILLIS = 50;
    private static final int LOOK_MILLIS = 1000;

    @Mixin
    private DataOption data = new DataOption();

    @Parameters(paramLabel = "DIR", description = "Where to: a folder that the server can write to, new or empty.")
    private Path folder = Path.of("");

    private final AtomicBoolean ended = new AtomicBoolean();

    /** What the server says of it. */
    private record Progress(String stage, String line) {
        boolean isUnderWay() {
            return stage.equals("RUNNING");
        }

        boolean hasFailed() {
            return stage.equals("FAILED");
        }
    }

    @Override
    public Integer call() throws Exception {
        AdminCall server = data.admin();
        Path target = folder.toAbsolutePath();
        byte[] _ = server.ask("POST", "/backup?folder=" + AdminCall.encoded(target.toString()));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> callOff(server), "heddle-backup-interrupted"));
        try {
            Progress end = await(server);
            (end.hasFailed() ? System.err : System.out).println(end.hasFailed() ? "heddle: " + end.line : end.line);
            return end.hasFailed() ? 1 : 0;
        } catch (IOException gone) {
            throw new IOException(
                    gone.getMessage() + "; what is in " + target + " or " + target
                            + ".partial beside a file heddle.partial is no backup",
                    gone);
        } finally {
            ended.set(true);
        }
    }

    private static Progress await(AdminCall server) throws IOException, InterruptedException {
        int pause = FIRST_LOOK_MILLIS;
        while (true) {
            Progress now = server.get("/backup/progress", Progress.class);
            if (!now.isUnderWay()) {
                return now;
            }
            if (pause == LOOK_MILLIS) {
                System.err.println(now.line);
            }
            TimeUnit.MILLISECONDS.sleep(pause);
            pause = Math.min(2 * pause, LOOK_MILLIS);
        }
    }

    private void callOff(AdminCall server) {
        if (ended.get()) {
            return;
        }
        try {
            byte[] _ = server.ask("POST", "/backup/cancel");
            System.err.println("heddle: the backup was called off; nothing of it is left");
        } catch (IOException failure) {
            System.err.println("heddle: the backup goes on, it cannot be called off: " + Main.cause(failure));
        }
    }
}
