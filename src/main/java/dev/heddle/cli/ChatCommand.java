package dev.heddle.cli;

import dev.heddle.client.Delivery;
import dev.heddle.client.HeddleClient;
import dev.heddle.client.Listener;
import dev.heddle.client.Presence;
import dev.heddle.client.Receipt;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.PresenceState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
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
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());

    /** What malformed input becomes. */
    private static final char REPLACEMENT = '\ufffd';

    @Mixin
    private Target target = new Target();

    @Parameters(index = "0", paramLabel = "USER", description = "The user to log in as.")
    private String user = "";

    private final Set<String> watched = new HashSet<>();
    private String last = "";

    @Override
    public Integer call() throws IOException, InterruptedException {
        Screen screen = new Screen();
        BufferedReader keyboard = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (HeddleClient client = HeddleClient.open(target.as(user), screen)) {
            for (String line = keyboard.readLine(); line != null && !screen.ended; line = keyboard.readLine()) {
                if (line.strip().equals("/quit")) {
                    break;
                }
                if (!line.isBlank()) {
                    typed(client, line);
                }
            }
        }
        return screen.failed ? 1 : 0;
    }

    private void typed(HeddleClient client, String line) throws InterruptedException {
        if (line.indexOf(REPLACEMENT) >= 0) {
            say("that is not UTF-8, and nothing was sent");
            return;
        }
        try {
            if (line.startsWith("?")) {
                client.query(line.substring(1).strip())
                        .thenAccept(ChatCommand::show)
                        .join();
                return;
            }
            int colon = line.indexOf(':');
            String to = colon > 0 ? line.substring(0, colon).strip() : last;
            String text = colon > 0 ? line.substring(colon + 1).strip() : line.strip();
            if (to.isEmpty()) {
                say("to whom? type  bob: hello");
                return;
            }
            last = to;
            if (watched.add(to)) {
                client.watch(to);
            }
            Receipt receipt =
                    client.send(to, text.getBytes(StandardCharsets.UTF_8)).join();
            if (receipt instanceof Receipt.Rejected rejected) {
                say("rejected: " + rejected.reason());
            } else {
                say("stored for " + to);
            }
        } catch (IllegalArgumentException noName) {
            say(Main.cause(noName));
        } catch (java.util.concurrent.CompletionException ended) {
            say(Main.cause(ended.getCause() == null ? ended : ended.getCause()));
        }
    }

    private static void say(String text) {
        System.out.println("  (" + text + ")");
        System.out.flush();
    }

    private static void show(Presence presence) {
        String since = presence.lastSeen() == null ? "" : ", last seen " + TIME.format(presence.lastSeen());
        String state = switch (presence.state()) {
            case ONLINE -> " is online";
            case OFFLINE -> " is away" + since;
            case NEVER_SEEN -> " was never seen";
        };
        say(Printable.text(presence.user()) + state);
    }

    private static final class Screen implements Listener {
        volatile boolean ended;
        volatile boolean failed;
        private boolean connected;
        private boolean told;

        @Override
        public void onConnected(long backlog) {
            connected = true;
            say(backlog == 0 ? "connected" : "connected, " + backlog + " waiting");
        }

        @Override
        public void onMessage(Delivery delivery) {
            System.out.println(TIME.format(delivery.acceptedAt()) + " " + delivery.sender() + ": "
                    + Printable.text(delivery.body()));
            System.out.flush();
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
            ended = true;
            if (code != null && code != GoodbyeCode.BYE) {
                failed = true;
                say(code + ": " + why);
            }
        }
    }
}
