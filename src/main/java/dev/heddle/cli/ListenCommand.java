package dev.heddle.cli;

import dev.heddle.client.Delivery;
import dev.heddle.client.HeddleClient;
import dev.heddle.client.Listener;
import dev.heddle.wire.GoodbyeCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code heddle listen USER}: prints what arrives, a line each, and acknowledges it. */
@Command(name = "listen", description = "Prints what arrives for a user.", mixinStandardHelpOptions = true)
final class ListenCommand implements Callable<Integer> {
    @Mixin
    private Target target = new Target();

    @Parameters(index = "0", paramLabel = "USER", description = "The user to log in as.")
    private String user = "";

    @Option(names = "--count", description = "Ends after so many messages (0: never).")
    private int count;

    @Override
    public Integer call() throws InterruptedException, IOException {
        Target.atLeast(0, "--count", count);
        Printer printer = new Printer(count);
        HeddleClient client = HeddleClient.open(target.as(user).withExplicitAck(), printer);
        printer.over.await();
        client.close();
        return printer.failed ? 1 : 0;
    }

    private static final class Printer implements Listener {
        final CountDownLatch over = new CountDownLatch(1);
        volatile boolean failed;

        private final boolean terminal = isTerminal();

        private int left;

        Printer(int count) {
            left = count;
        }

        @SuppressWarnings("SystemConsoleNull") // the default provider still gives none where there is no terminal
        private static boolean isTerminal() {
            return System.console() != null && System.console().isTerminal();
        }

        @Override
        public void onMessage(Delivery delivery) {
            if (over.getCount() == 0) {
                return;
            }
            String body = new String(delivery.body(), StandardCharsets.UTF_8);
            System.out.println(delivery.sender() + ": " + (terminal ? Printable.text(body) : body));
            System.out.flush();
            try {
                delivery.ack();
            } catch (UncheckedIOException unsaved) {
                System.err.println("heddle: the cursor cannot be saved: " + Main.cause(unsaved));
                failed = true;
                over.countDown();
            }
            if (--left == 0) {
                over.countDown();
            }
        }

        @Override
        public void onDisconnected(String why) {
            System.err.println("heddle: no connection (" + why + "), trying again");
        }

        @Override
        public void onEnded(@Nullable GoodbyeCode code, String why) {
            if (code != null && code != GoodbyeCode.BYE) {
                System.err.println("heddle: " + code + " " + why);
                failed = true;
            }
            over.countDown();
        }
    }
}
