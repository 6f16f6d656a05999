package dev.heddle.bench.row;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Programs of the system, and scripts, that a measurement needs. Stateless. */
final class Tool {
    private Tool() {}

    /**
     * Runs one to its end; returns what it printed.
     *
     * @throws UnavailableException if it is not there or fails
     */
    static String run(String... command) throws UnavailableException {
        return run(Map.of(), List.of(command));
    }

    /** The same, with more in its environment. */
    static String run(Map<String, String> environment, List<String> command) throws UnavailableException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.onExit().join().exitValue() != 0) {
                throw new UnavailableException(String.join(" ", command) + " failed: " + said);
            }
            return said;
        } catch (IOException absent) {
            throw new UnavailableException("this machine has no " + command.getFirst());
        }
    }
}
