package dev.heddle.bench.row;

import dev.heddle.bench.load.RelayFlood;
import dev.heddle.verify.process.EndWithUs;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The relay in C, compiled on this machine, in a process of its own that serves one pair of connections after the other. */
final class Relay implements AutoCloseable {
    private final Process process;
    private final int port;

    private Relay(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Compiles and starts it.
     *
     * @param before put in front of its command
     * @param binary where it goes
     * @throws UnavailableException if there is no compiler, or none that compiles it
     */
    static Relay start(Path home, List<String> before, Path binary) throws IOException, UnavailableException {
        Path source = home.resolve("src/bench/c/relay.c");
        if (!Files.isReadable(source)) {
            throw new UnavailableException("there is no " + source);
        }
        Tool.run("cc", "-O2", "-o", binary.toString(), source.toString());
        List<String> command = new ArrayList<>(before);
        command.add(binary.toString());
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        EndWithUs.add(process);
        BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
        String line = reader.readLine();
        if (line == null) {
            throw new IOException("the relay did not start");
        }
        return new Relay(process, Integer.parseInt(line));
    }

    /** One on any processor; empty where there is no compiler for it. */
    static Optional<Relay> ifAny(Rig rig) throws IOException {
        try {
            return Optional.of(rig.keep(start(rig.home(), List.of(), rig.path())));
        } catch (UnavailableException none) {
            return Optional.empty();
        }
    }

    /** What passes it in a second of messages of so many bytes. */
    double perSecond(long messages, int bytes) throws IOException, InterruptedException {
        return RelayFlood.perSecond(port, messages, bytes);
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
