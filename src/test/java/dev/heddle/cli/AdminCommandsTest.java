package dev.heddle.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.admin.Status;
import dev.heddle.client.ClientOptions;
import dev.heddle.client.Delivery;
import dev.heddle.client.HeddleClient;
import dev.heddle.client.Listener;
import dev.heddle.client.Receipt;
import dev.heddle.config.Settings;
import dev.heddle.server.Server;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** The commands that ask a running server, against one. */
@Timeout(60)
final class AdminCommandsTest {
    @TempDir
    private Path data;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private PrintStream realOut;
    private Server server;

    @BeforeEach
    void start() throws Exception {
        server = start("next");
        realOut = System.out;
        System.setOut(new PrintStream(out, true, UTF_8));
    }

    private Server start(String adminPort) throws Exception {
        Map<String, String> settings =
                Map.of("port", "0", "data", data.toString(), "max.users", "1000", "admin.port", adminPort);
        return Server.start(Settings.of(settings), line -> {});
    }

    @AfterEach
    void stop() {
        System.setOut(realOut);
        server.close();
    }

    private int run(String... arguments) {
        out.reset();
        err.reset();
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--data");
        all.add(data.toString());
        return Main.commandLine()
                .setOut(new PrintWriter(out, true, UTF_8))
                .setErr(new PrintWriter(err, true, UTF_8))
                .execute(all.toArray(String[]::new));
    }

    private String said() {
        return out.toString(UTF_8);
    }

    private void assertComplaint(String... arguments) {
        String complaint = arguments[arguments.length - 1];
        assertThat(run(Arrays.copyOf(arguments, arguments.length - 1))).isEqualTo(1);
        assertThat(err.toString(UTF_8).lines()).containsExactly("heddle: " + complaint);
    }

    private HeddleClient client(String user, Listener listener) throws Exception {
        ClientOptions options =
                ClientOptions.of(user).at("127.0.0.1", server.address().getPort());
        HeddleClient client = HeddleClient.open(options, listener);
        assertThat(client.awaitConnected(Duration.ofSeconds(10))).isTrue();
        return client;
    }

    @Test
    void status_says_what_has_happened_to_people_and_to_programs() throws Exception {
        try (HeddleClient alice = client("alice", new Listener() {})) {
            for (int i = 0; i < 12; i++) {
                alice.send("bob", "hello".getBytes(UTF_8)).get(10, TimeUnit.SECONDS);
            }
            assertThat(run("status")).isZero();
            assertThat(said())
                    .contains(", ready")
                    .contains("12 accepted")
                    .contains("1 sessions")
                    .contains("fullest inboxes")
                    .containsPattern("bob +12 ")
                    .doesNotContain("hello");
            assertThat(run("status", "--json")).isZero();
            Status status = new JsonMapper().readValue(said(), Status.class);
            assertThat(status.traffic().accepted()).isEqualTo(12);
            assertThat(status.fullestInboxes().getFirst().user()).isEqualTo("bob");
            assertThat(run("top")).as("without a terminal, once").isZero();
            assertThat(said()).contains("12 accepted").doesNotContain("\u001b");
        }
    }

    @Test
    void an_inbox_is_described_and_not_shown() throws Exception {
        try (HeddleClient alice = client("alice", new Listener() {})) {
            for (int i = 0; i < 3; i++) {
                alice.send("b\u00f6b", "a secret".getBytes(UTF_8)).get(10, TimeUnit.SECONDS);
            }
            assertThat(run("inbox", "b\u00f6b")).isZero();
            assertThat(said())
                    .contains("never logged in", "3 messages", "accepted 0", "0, of 3")
                    .doesNotContain("secret");
            assertThat(run("inbox", "alice")).isZero();
            assertThat(said()).contains("online", "0 messages", "window");
            assertComplaint("inbox", "nobody", "nobody knows nobody");
            assertComplaint("inbox", "", "the parameter user is missing");
            assertComplaint("inbox", "a\u0001", "not a user name: 1 to 128 bytes of UTF-8 without control characters");
        }
    }

    @Test
    void who_is_kicked_comes_back_by_itself_and_nothing_is_lost() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        Listener listening = new Listener() {
            @Override
            public void onMessage(Delivery message) {
                heard.add(new String(message.body(), UTF_8));
            }
        };
        try (HeddleClient alice = client("alice", new Listener() {});
                HeddleClient bob = client("bob", listening)) {
            List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                if (i == 50) {
                    assertThat(run("kick", "alice", "--seconds", "0")).isZero();
                    assertThat(said()).isEqualTo("the session of alice is ended" + System.lineSeparator());
                }
                if (i == 100) {
                    assertThat(run("kick", "bob", "--seconds", "1")).isZero();
                }
                receipts.add(alice.send("bob", Integer.toString(i).getBytes(UTF_8)));
            }
            for (CompletableFuture<Receipt> receipt : receipts) {
                assertThat(receipt.get(20, TimeUnit.SECONDS)).isInstanceOf(Receipt.Accepted.class);
            }
            for (int i = 0; i < 200; i++) {
                assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo(Integer.toString(i));
            }
            assertThat(run("status")).isZero();
            assertThat(said()).contains("OVERLOADED 2").contains("logins 4,");
            assertThat(bob.awaitConnected(Duration.ofSeconds(10))).isTrue();
        }
        assertComplaint("kick", "carol", "carol is not online");
        assertComplaint("kick", "carol", "--seconds", "9999", "seconds: must be a number from 0 to 3600");
    }

    @Test
    void who_is_removed_is_nobody_and_the_drain_says_what_went() throws Exception {
        try (HeddleClient alice = client("alice", new Listener() {})) {
            for (int i = 0; i < 3; i++) {
                assertThat(alice.send("bob", new byte[10]).get(20, TimeUnit.SECONDS))
                        .isInstanceOf(Receipt.Accepted.class);
            }
            assertThat(run("remove", "bob")).isZero();
            assertThat(said()).isEqualTo("bob is removed, and 3 messages that waited" + System.lineSeparator());
            assertComplaint("inbox", "bob", "nobody knows bob");
            assertComplaint("remove", "bob", "nobody knows bob");
            assertThat(alice.send("bob", new byte[10]).get(20, TimeUnit.SECONDS))
                    .isInstanceOf(Receipt.Accepted.class);
            assertThat(run("remove", "alice")).isZero();
            assertThat(alice.awaitConnected(Duration.ofSeconds(20))).isTrue();
        }
        assertThat(server.drain().line()).contains("accepted 4 ", " + removed 3 + stored 1");
    }

    @Test
    void who_is_not_there_cannot_be_asked_which_is_said_in_a_line() throws Exception {
        server.close();
        assertComplaint("status", "no server runs on " + data);
        assertComplaint("top", "no server runs on " + data);
        assertComplaint("inbox", "bob", "no server runs on " + data);
        assertComplaint("kick", "bob", "no server runs on " + data);
        server = start("off");
        assertComplaint("status", "the server has no admin port (admin.port)");
    }

    @Test
    void a_data_folder_that_cannot_be_one_is_named_in_a_line() throws Exception {
        Path below = Files.writeString(data.resolve("file"), "").resolve("data");
        for (String command : List.of("status", "top", "drain", "reload")) {
            err.reset();
            assertThat(Main.commandLine()
                            .setErr(new PrintWriter(err, true, UTF_8))
                            .execute(command, "--data", below.toString()))
                    .isEqualTo(1);
            assertThat(err.toString(UTF_8).lines())
                    .containsExactly("heddle: no server can run on the data folder " + below + ": Not a directory");
        }
    }
}
