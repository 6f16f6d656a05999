package dev.heddle.cli;

import dev.heddle.client.Delivery;
import dev.heddle.client.HeddleClient;
import dev.heddle.client.Listener;
import dev.heddle.client.Presence;
import dev.heddle.client.Receipt;
import dev.heddle.text.Printable;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.PresenceState;
import dev.heddle.wire.Protocol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code heddle chat USER}: a conversation in a terminal. */
@Command(
        name = "chat",
        description = {
            "Talks as a user, in a terminal.",
            "  bob: hello     sends to bob, and tells from now on whether bob is online",
            "  hello again    sends to the last one",
            "  ?bob           asks whether bob is online",
            "  /quit          leaves"
        },
        mixinStandardHelpOptions = true)
final class ChatCommand implements Callable<Integer> {
    private static final int LOOK_MILLIS = 500;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());

    /** What malformed input becomes. */
    @Mixin
    private Target target = new Target();

    @Parameters(index = "0", paramLabel = "USER", description = "The user to log in as.")
    private String user = "";

    private final Set<String> watched = new HashSet<>();
    private String last = "";

    @Override
    public Integer call() throws IOException, InterruptedException {
        Screen screen = new Screen();
        try (HeddleClient client = HeddleClient.open(target.as(user), screen)) {
            // A thread of its own: nothing else ends its reading, and the conversation may end before.
            Thread.ofPlatform().daemon().name("heddle-keyboard").start(() -> read(client, screen));
            while (!screen.over.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                if (screen.output.isClosed()) {
                    screen.fail();
                }
            }
        }
        return screen.failed ? 1 : 0;
    }

    private void read(HeddleClient client, Screen screen) {
        TypedLines lines = new TypedLines(System.in, StandardCharsets.UTF_8, Protocol.DEFAULT_FRAME_LIMIT, screen::say);
        try {
            for (String line = lines.next(); line != null && screen.over.getCount() > 0; line = lines.next()) {
                if (line.strip().equals("/quit")) {
                    break;
                }
                if (!line.isBlank()) {
                    typed(client, screen, line);
                }
            }
        } catch (IOException unreadable) {
            screen.say("no more can be typed: " + Main.cause(unreadable));
            screen.fail();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } finally {
            screen.over.countDown();
        }
    }

    private void typed(HeddleClient client, Screen screen, String line) throws InterruptedException {
        try {
            if (line.startsWith("?")) {
                client.query(line.substring(1).strip()).thenAccept(screen::show).join();
                return;
            }
            int colon = line.indexOf(':');
            String to = colon > 0 ? line.substring(0, colon).strip() : last;
            String text = colon > 0 ? line.substring(colon + 1).strip() : line.strip();
            if (to.isEmpty()) {
                screen.say("to whom? type  bob: hello");
                return;
            }
            last = to;
            if (watched.add(to)) {
                client.watch(to);
            }
            Receipt receipt =
                    client.send(to, text.getBytes(StandardCharsets.UTF_8)).join();
            if (receipt instanceof Receipt.Rejected rejected) {
                screen.say("rejected: " + rejected.reason());
            } else {
                screen.say("stored for " + to);
            }
        } catch (IllegalArgumentException noName) {
            screen.say(Main.cause(noName));
        } catch (java.util.concurrent.CompletionException ended) {
            screen.say(Main.cause(ended.getCause() == null ? ended : ended.getCause()));
        }
    }

    /** What is printed; the client's reader and the keyboard's thread. */
    private static final class Screen implements Listener {
        final CountDownLatch over = new CountDownLatch(1);
        final StandardOutput output = new StandardOutput();
        volatile boolean failed;
        private boolean connected;
        private boolean told;

        void fail() {
            failed = true;
            over.countDown();
        }

        /** A line of our own. */
        void say(String text) {
            try {
                output.line("  (" + Printable.text(text) + ")");
            } catch (IOException closed) {
                fail();
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        }

        void show(Presence presence) {
            String since = presence.lastSeen() == null ? "" : ", last seen " + TIME.format(presence.lastSeen());
            String state = switch (presence.state()) {
                case ONLINE -> " is online";
                case OFFLINE -> " is away" + since;
                case NEVER_SEEN -> " was never seen";
            };
            say(presence.user() + state);
        }

        @Override
        public void onConnected(long backlog) {
            connected = true;
            say(backlog == 0 ? "connected" : "connected, " + backlog + " waiting");
        }

        /** What cannot be shown is not acknowledged. */
        @Override
        public void onMessage(Delivery delivery) {
            try {
                output.line(TIME.format(delivery.acceptedAt()) + " " + Printable.text(delivery.sender()) + ": "
                        + Printable.text(delivery.body()));
            } catch (IOException closed) {
                fail();
                throw new UncheckedIOException(closed);
            } catch (InterruptedException ended) {
                throw new IllegalStateException(ended);
            }
        }

        @Override
        public void onPresence(Presence presence) {
            if (presence.state() != PresenceState.NEVER_SEEN) {
                show(presence);
            }
        }

        @Override
        public void onDisconnected(String why) {
            if (connected) {
                connected = false;
                say("connection lost, trying again");
            } else if (!told) {
                told = true;
                say("no connection yet, trying again: " + why);
            }
        }

        @Override
        public void onEnded(@Nullable GoodbyeCode code, String why) {
            if (code != GoodbyeCode.BYE && over.getCount() > 0) {
                say((code == null ? "" : code + ": ") + why);
                fail();
            }
            over.countDown();
        }

        @Override
        public void onFailure(Throwable failure) {
            // It is said where it happens, or by onDisconnected.
        }
    }
}
