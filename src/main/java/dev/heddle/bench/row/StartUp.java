package dev.heddle.bench.row;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How long {@code bin/start} takes. */
final class StartUp implements Row {
    private static final Figure SECONDS = Figure.atMost("bin/start", "s", 0.5, 1.0);

    @Override
    public String name() {
        return "start";
    }

    @Override
    public String how(Effort effort) {
        return "bin/start of a built server on an empty folder, from the command to its end, when the server takes logins";
    }

    @Override
    public List<Figure> figures() {
        return List.of(SECONDS);
    }

    @Override
    public int warmUps(Effort effort) {
        return effort.pick(0, 0, 1);
    }

    @Override
    public Stand on(Rig rig) throws UnavailableException {
        Path home = rig.launch().home().toAbsolutePath();
        if (!Files.isReadable(home.resolve("target/heddle.jar"))) {
            throw new UnavailableException("no server is built in " + home);
        }
        // Whoever finds sources that are newer than the server builds it first; that is no part of a start.
        script(rig, "heddle", "version");
        return () -> {
            String data = rig.path().toString();
            try {
                long begun = System.nanoTime();
                script(rig, "start", "--port", "0", "--data", data);
                double seconds = (System.nanoTime() - begun) / 1e9;
                script(rig, "stop", "--data", data);
                return new Reading().put(SECONDS, seconds);
            } catch (UnavailableException failed) {
                throw new IOException(failed.getMessage(), failed);
            }
        };
    }

    private static void script(Rig rig, String name, String... arguments) throws UnavailableException {
        List<String> command = new ArrayList<>();
        command.add(rig.launch()
                .home()
                .toAbsolutePath()
                .resolve("bin")
                .resolve(name)
                .toString());
        command.addAll(List.of(arguments));
        Tool.run(Map.of("HEDDLE_JAVA_OPTS", String.join(" ", rig.launch().serverFlags())), command);
    }
}
