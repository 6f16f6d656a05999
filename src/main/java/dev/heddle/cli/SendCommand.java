package dev.heddle.cli;

import dev.heddle.client.HeddleClient;
import dev.heddle.client.Listener;
import dev.heddle.client.Receipt;
import dev.heddle.text.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code heddle send FROM TO TEXT}: exits when the message is stored. */
@Command(
        name = "send",
        description =
                "Sends one message, and waits until it is accepted. It logs in as FROM, which ends a session that FROM has.",
        mixinStandardHelpOptions = true)
final class SendCommand implements Callable<Integer> {
    @Mixin
    private Target target = new Target();

    @Parameters(index = "0", paramLabel = "FROM", description = "The user to log in as.")
    private String from = "";

    @Parameters(index = "1", paramLabel = "TO", description = "The recipient.")
    private String to = "";

    @Parameters(index = "2", paramLabel = "TEXT", description = "The message.")
    private String text = "";

    @Option(names = "--seconds", description = "How long to try (10).")
    private int seconds = 10;

    @Override
    public Integer call() throws InterruptedException, IOException {
        Target.atLeast(1, "--seconds", seconds);
        Quiet listener = new Quiet();
        // Explicit, and never given: what waits for this user is not this command's to take.
        try (HeddleClient client = HeddleClient.open(target.as(from).withExplicitAck(), listener)) {
            Receipt receipt =
                    client.send(to, text.getBytes(StandardCharsets.UTF_8)).get(seconds, TimeUnit.SECONDS);
            switch (receipt) {
                case Receipt.Accepted accepted ->
                    System.out.println("accepted, id " + Long.toUnsignedString(accepted.id()));
                case Receipt.Rejected rejected -> {
                    System.err.println("heddle: rejected: " + Printable.text(rejected.reason()));
                    return 1;
                }
            }
            return 0;
        } catch (ExecutionException ended) {
            System.err.println("heddle: " + Main.cause(ended.getCause() == null ? ended : ended.getCause()));
            return 1;
        } catch (TimeoutException late) {
            String why = listener.why;
            System.err.println("heddle: not accepted within " + seconds + " s" + (why.isEmpty() ? "" : ": " + why));
            return 1;
        }
    }

    /** Hears nothing but why there is no connection. */
    private static final class Quiet implements Listener {
        volatile String why = "";

        @Override
        public void onDisconnected(String reason) {
            why = Printable.text(reason);
        }

        @Override
        public void onFailure(Throwable failure) {
            // onDisconnected says it.
        }
    }
}
