package dev.heddle.verify.fault;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Faults of the loopback interface, made by the kernel ({@code tc} with {@code netem}); the scenario's thread. They hit
 * everybody in this network namespace, so they are made only where that was asked for.
 */
public final class KernelNetwork implements AutoCloseable {
    private KernelNetwork() {}

    /**
     * Tries one rule and takes it away again.
     *
     * @throws IOException with the reason, if this kernel or this user cannot
     */
    public static KernelNetwork open() throws IOException, InterruptedException {
        KernelNetwork network = new KernelNetwork();
        network.become("delay", "1ms");
        network.close();
        return network;
    }

    /** Delay and jitter. */
    public void delay(int millis, int jitterMillis) throws IOException, InterruptedException {
        become("delay", millis + "ms", jitterMillis + "ms");
    }

    /** Real loss, which TCP repairs late. */
    public void loss(int percent) throws IOException, InterruptedException {
        become("loss", percent + "%");
    }

    public void rate(int kilobitsPerSecond) throws IOException, InterruptedException {
        become("rate", kilobitsPerSecond + "kbit");
    }

    private void become(String... netem) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("tc", "qdisc", "replace", "dev", "lo", "root", "netem"));
        command.addAll(List.of(netem));
        run(command);
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said);
        }
    }

    /** The interface as it was. */
    @Override
    public void close() throws IOException {
        try {
            run(List.of("tc", "qdisc", "del", "dev", "lo", "root"));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
