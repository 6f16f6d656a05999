package dev.heddle.bench.row;

import dev.heddle.verify.process.Launch;
import dev.heddle.verify.process.ServerUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.function.UnaryOperator;

/**
 * What a row uses to measure one server; the caller's thread. Whatever was made here ends with {@link #close}, the last first,
 * and the files go with it.
 */
public final class Rig implements AutoCloseable {
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Launch launch;
    private final Path home;
    private final Effort effort;
    private final Path folder;
    private int folders;

    /**
     * A rig.
     *
     * @param launch the server that is measured
     * @param home the project's folder, of this build whatever the server is
     * @param folder which does not exist yet
     */
    public Rig(Launch launch, Path home, Effort effort, Path folder) throws IOException {
        this.launch = launch;
        this.home = home;
        this.effort = effort;
        this.folder = Files.createDirectories(folder);
    }

    Effort effort() {
        return effort;
    }

    /** Of the server that is measured. */
    Launch launch() {
        return launch;
    }

    /** The project's folder, of this build. */
    Path home() {
        return home;
    }

    /** A rig for the same server that ends before this one. */
    Rig once() throws IOException {
        return new Rig(launch, home, effort, path());
    }

    /** A folder, or a file, that does not exist yet. */
    Path path() {
        return folder.resolve("data-" + folders++);
    }

    /** A server with its defaults, on a new data folder. */
    ServerUnderTest server() throws IOException, InterruptedException {
        return server(UnaryOperator.identity());
    }

    /** The same, launched in another way. */
    ServerUnderTest server(UnaryOperator<Launch> how) throws IOException, InterruptedException {
        return keep(ServerUnderTest.startUnwatched(how.apply(launch), path(), ServerUnderTest.Setup.DEFAULT));
    }

    /** One with other settings. */
    ServerUnderTest server(ServerUnderTest.Setup setup) throws IOException, InterruptedException {
        return keep(ServerUnderTest.startUnwatched(launch, path(), setup));
    }

    /** Something else to be closed in the end. */
    <T extends AutoCloseable> T keep(T thing) {
        opened.push(thing);
        return thing;
    }

    @Override
    public void close() throws IOException {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception failure) {
                System.err.println("heddle bench: while cleaning up: " + failure);
            }
        }
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
