package dev.heddle.cli;

import dev.heddle.client.Delivery;
import dev.heddle.client.HeddleClient;
import dev.heddle.client.Listener;
import dev.heddle.text.Printable;
import dev.heddle.wire.GoodbyeCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code heddle listen USER}: prints what arrives, a line each, and acknowledges it. */
@Command(name = "listen", description = "Prints what arrives for a user.", mixinStandardHelpOptions = true)
final class ListenCommand implements Callable<Integer> {
    private static final int LOOK_MILLIS = 500;

    @Mixin
    private Target target = new Target();

    @Parameters(index = "0", paramLabel = "USER", description = "The user to log in as.")
    private String user = "";

    @Option(names = "--count", description = "Ends after so many messages (0: never).")
    private int count;

    @Option(names = "--raw", description = "Prints texts byte by byte as they are, also what a terminal would obey.")
    private boolean raw;

    @Override
    public Integer call() throws InterruptedException, IOException {
        Target.atLeast(0, "--count", count);
        Printer printer = new Printer(count, raw);
        HeddleClient client = HeddleClient.open(target.as(user).withExplicitAck(), printer);
        while (!printer.over.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            if (printer.output.isClosed()) {
                printer.fail("standard output is closed");
            }
        }
        client.close();
        return printer.failed ? 1 : 0;
    }

    private static final class Printer implements Listener {
        final CountDownLatch over = new CountDownLatch(1);
        final StandardOutput output = new StandardOutput();
        volatile boolean failed;

        private final boolean raw;
        private int left;

        Printer(int count, boolean raw) {
            left = count;
            this.raw = raw;
        }

        void fail(String why) {
            failed = true;
            if (over.getCount() > 0) {
                System.err.println("heddle: " + why);
            }
            over.countDown();
        }

        /** Acknowledged is what was printed: what was not stays in the inbox. */
        @Override
        public void onMessage(Delivery delivery) {
            if (over.getCount() == 0) {
                return;
            }
            String sender = Printable.text(delivery.sender()) + ": ";
            try {
                if (raw) {
                    output.bytes(line(sender.getBytes(StandardCharsets.UTF_8), delivery.body()));
                } else {
                    output.line(sender + Printable.text(delivery.body()));
                }
                delivery.ack();
            } catch (IOException closed) {
                fail(Main.cause(closed));
                return;
            } catch (UncheckedIOException unsaved) {
                fail("the cursor cannot be saved: " + Main.cause(unsaved));
                return;
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
                return;
            }
            if (--left == 0) {
                over.countDown();
            }
        }

        private static byte[] line(byte[] sender, byte[] body) {
            byte[] line = Arrays.copyOf(sender, sender.length + body.length + 1);
            System.arraycopy(body, 0, line, sender.length, body.length);
            line[line.length - 1] = '\n';
            return line;
        }

        @Override
        public void onDisconnected(String why) {
            System.err.println("heddle: no connection (" + Printable.text(why) + "), trying again");
        }

        @Override
        public void onEnded(@Nullable GoodbyeCode code, String why) {
            if (code != GoodbyeCode.BYE && over.getCount() > 0) {
                fail((code == null ? "" : code + " ") + Printable.text(why));
            }
            over.countDown();
        }

        @Override
        public void onFailure(Throwable failure) {
            // onDisconnected says it.
        }
    }
}
