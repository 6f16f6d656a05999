package dev.heddle.verify.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Another JVM of this project, talked to in lines: it reads ours on its standard input, and ends when that does. Its lines go
 * to a listener, on a virtual thread. Owned by one thread otherwise.
 */
public final class ChildJvm implements AutoCloseable {
    private final Process process;
    private final Writer input;

    /**
     * Starts one.
     *
     * @param lines is told every line the child prints, and "ended" at last
     */
    public ChildJvm(Launch launch, String heap, String mainClass, Consumer<String> lines) throws IOException {
        process = new ProcessBuilder(launch.childCommand(heap, mainClass))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        EndWithUs.add(process);
        input = process.outputWriter(StandardCharsets.UTF_8);
        Thread.ofVirtual().name("verify-child-output").start(() -> read(lines));
    }

    private void read(Consumer<String> lines) {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.accept(line);
            }
        } catch (IOException ended) {
            // The same as its end.
        }
        lines.accept("ended");
    }

    public void say(String line) throws IOException {
        input.write(line + "\n");
        input.flush();
    }

    /** CPU time so far; zero where the system does not say. */
    public Duration cpu() {
        return process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** {@code kill -9}. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        try {
            input.close();
            if (!process.waitFor(3, TimeUnit.SECONDS)) {
                kill();
            }
        } catch (IOException gone) {
            kill();
        } catch (InterruptedException interrupted) {
            kill();
            Thread.currentThread().interrupt();
        }
    }
}
