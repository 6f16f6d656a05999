package dev.heddle.crash;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A server in a process of its own. */
public final class ServerProcess implements AutoCloseable {
    private static final int LOWEST_PORT = 12_000;
    private static final int HIGHEST_PORT = 32_000;

    private final Process process;
    private final BufferedReader output;

    private ServerProcess(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /**
     * A port for one that is to be found again after it was killed, and another one above it, for its admin port. Below those
     * that the system gives to whoever asks for any, because nothing keeps it from being given away in between.
     */
    public static int freePort() throws IOException {
        for (int attempt = 0; attempt < 100; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST_PORT, HIGHEST_PORT) & ~1;
            if (isFree(port) && isFree(port + 1)) {
                return port;
            }
        }
        throw new IOException("no free port in a hundred attempts");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    /** Starts one, and returns when it accepts logins. */
    public static ServerProcess start(Path data, int port, String... more) throws IOException {
        return start(Map.of(), data, port, more);
    }

    /** As {@link #start(Path, int, String...)}, with more in its environment. */
    public static ServerProcess start(Map<String, String> environment, Path data, int port, String... more)
            throws IOException {
        return start("192m", environment, data, port, more);
    }

    /** As {@link #start(Path, int, String...)}, with so much heap. */
    static ServerProcess startIn(String heap, Path data, int port, String... more) throws IOException {
        return start(heap, Map.of(), data, port, more);
    }

    private static ServerProcess start(
            String heap, Map<String, String> environment, Path data, int port, String... more) throws IOException {
        // Whoever runs the tests may have SIGHUP ignored.
        List<String> command = new ArrayList<>(
                List.of("/bin/sh", "-c", ". \"$0\"; exec_hearing_hup \"$@\"", BuiltProgram.script("lib/jdk.sh")));
        command.addAll(BuiltProgram.command("-Xmx" + heap));
        command.addAll(List.of(
                "serve",
                "--data",
                data.toString(),
                "--port",
                Integer.toString(port),
                "--admin-port",
                "0",
                "--set",
                "max.users=10000"));
        command.addAll(List.of(more));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        ServerProcess server = new ServerProcess(builder.start());
        server.awaitReady();
        return server;
    }

    private void awaitReady() throws IOException {
        StringBuilder said = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith("heddle ready on ")) {
                return;
            }
            said.append(line).append('\n');
        }
        throw new IOException("the server did not start: " + said);
    }

    /** {@code kill -9}, and waits until it is gone. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** SIGTERM; returns the exit status. */
    public int drain() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the server does not end");
        }
        return process.exitValue();
    }

    /** SIGTERM; returns as {@link #awaitEnd} does. */
    public String terminate() throws IOException, InterruptedException {
        // The process's own method would close its output, too.
        process.toHandle().destroy();
        return awaitEnd();
    }

    /** Waits until it has ended by itself; returns what it said since it was ready, and its exit status as the last line. */
    public String awaitEnd() throws IOException, InterruptedException {
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the server does not end");
        }
        return output.lines().collect(Collectors.joining("\n")) + "\nexit " + process.exitValue();
    }

    public long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
