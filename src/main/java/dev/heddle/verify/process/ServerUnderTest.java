package dev.heddle.verify.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A real server in a process of its own; its methods belong to the scenario's thread. It keeps its port and its data folder
 * across restarts. Bounded by the lines that a server prints, of which the last hundred are kept.
 */
public final class ServerUnderTest implements AutoCloseable {
    /** What a server is started with; the settings are {@code name=value}. */
    public record Setup(String heap, List<String> settings) {
        public static final Setup DEFAULT = new Setup("512m", List.of());

        public Setup with(String setting) {
            List<String> more = new ArrayList<>(settings);
            more.add(setting);
            return new Setup(heap, List.copyOf(more));
        }

        public Setup withHeap(String newHeap) {
            return new Setup(newHeap, settings);
        }
    }

    private static final int LINES = 100;
    private static final int START_SECONDS = 120;

    private final Launch launch;
    private final Path data;
    private final int port;
    private final Sampler sampler;
    private Setup setup;
    private @Nullable Running running;

    /** One life of the process. */
    private static final class Running {
        final Process process;
        final CountDownLatch ready = new CountDownLatch(1);
        final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();

        Running(Process process) {
            this.process = process;
            Thread.ofVirtual().name("verify-server-output").start(this::read);
        }

        private void read() {
            try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    lines.add(line);
                    if (lines.size() > LINES) {
                        lines.poll();
                    }
                    if (line.startsWith("heddle ready on ")) {
                        ready.countDown();
                    }
                }
            } catch (IOException ended) {
                lines.add(ended.toString());
            } finally {
                ready.countDown();
            }
        }
    }

    private ServerUnderTest(Launch launch, Path data, Setup setup, Sampler sampler) throws IOException {
        this.launch = launch;
        this.data = data;
        this.setup = setup;
        this.port = freePort();
        this.sampler = sampler;
    }

    /**
     * Starts one, and returns when it accepts logins.
     *
     * @throws IOException if it does not, with what it said
     */
    public static ServerUnderTest start(Launch launch, Path data, Setup setup)
            throws IOException, InterruptedException {
        return start(new ServerUnderTest(launch, data, setup, Sampler.steady()));
    }

    /** The same, with a sampler that looks only when it is asked: nothing but the load disturbs what is measured. */
    public static ServerUnderTest startUnwatched(Launch launch, Path data, Setup setup)
            throws IOException, InterruptedException {
        return start(new ServerUnderTest(launch, data, setup, Sampler.onDemand()));
    }

    private static ServerUnderTest start(ServerUnderTest server) throws IOException, InterruptedException {
        try {
            server.restart();
            return server;
        } catch (IOException | RuntimeException failure) {
            server.close();
            throw failure;
        }
    }

    /** Starts the process again, which is down; returns how long it took until it accepted logins. */
    public Duration restart() throws IOException, InterruptedException {
        if (running != null && running.process.isAlive()) {
            throw new IllegalStateException("the server still runs");
        }
        long begun = System.nanoTime();
        List<String> arguments = new ArrayList<>(
                List.of("--data", data.toString(), "--port", Integer.toString(port), "--admin-port", "0"));
        for (String setting : setup.settings()) {
            arguments.add("--set");
            arguments.add(setting);
        }
        Running started = new Running(new ProcessBuilder(launch.serverCommand(setup.heap(), arguments))
                .redirectErrorStream(true)
                .start());
        EndWithUs.add(started.process);
        running = started;
        if (!started.ready.await(START_SECONDS, TimeUnit.SECONDS) || !isReady(started)) {
            throw new IOException("the server did not start: " + String.join(" / ", started.lines));
        }
        sampler.follow(started.process.toHandle());
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    /** As {@link #restart}, with another heap and other settings from now on. */
    public Duration restart(Setup newSetup) throws IOException, InterruptedException {
        setup = newSetup;
        return restart();
    }

    private static boolean isReady(Running started) {
        return started.lines.stream().anyMatch(line -> line.startsWith("heddle ready on "));
    }

    /** {@code kill -9}; returns when the process is gone. */
    public void kill() throws InterruptedException {
        Process process = process();
        process.destroyForcibly();
        process.waitFor();
    }

    /**
     * Runs a command of {@code heddle} on this server's data folder.
     *
     * @return what it printed
     * @throws IOException if its exit status is not 0, with what it said
     */
    public String command(String name, String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(launch.childCommand("64m", "dev.heddle.cli.Main"));
        line.add(name);
        line.addAll(List.of("--data", data.toString()));
        line.addAll(List.of(arguments));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        EndWithUs.add(process);
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        int status = process.waitFor();
        if (status != 0) {
            throw new IOException("heddle " + name + " ended with " + status + ": " + said);
        }
        return said;
    }

    /** SIGTERM; returns the exit status. */
    public int stop() throws InterruptedException {
        Process process = process();
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the server does not end");
        }
        return process.exitValue();
    }

    /** SIGSTOP: no thread of the server runs until {@link #resume}. */
    public void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    public void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        int status = new ProcessBuilder(
                        "kill", "-" + name, Long.toString(process().pid()))
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("kill -" + name + " failed with status " + status);
        }
    }

    public boolean isAlive() {
        return running != null && running.process.isAlive();
    }

    public int port() {
        return port;
    }

    public Path data() {
        return data;
    }

    public Sampler sampler() {
        return sampler;
    }

    /** Of this life of the process. */
    public long pid() {
        return process().pid();
    }

    /** CPU time of this life of the process; zero where the system does not say. */
    public Duration cpu() {
        return process().toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** The last lines that it printed. */
    public List<String> said() {
        return running == null ? List.of() : List.copyOf(running.lines);
    }

    /** What it printed of its memory at the start. */
    public CeilingLine ceiling() {
        return new CeilingLine(said().stream()
                .filter(line -> line.startsWith(CeilingLine.START))
                .findFirst()
                .orElse(""));
    }

    private Process process() {
        if (running == null) {
            throw new IllegalStateException("the server was never started");
        }
        return running.process;
    }

    /** A port of the loopback address that nobody listens on now. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        sampler.close();
        if (running != null) {
            running.process.destroyForcibly().onExit().join();
        }
    }
}
