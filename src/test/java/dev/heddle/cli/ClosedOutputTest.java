package dev.heddle.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.client.ClientOptions;
import dev.heddle.client.Delivery;
import dev.heddle.client.HeddleClient;
import dev.heddle.client.Listener;
import dev.heddle.client.Receipt;
import dev.heddle.config.Settings;
import dev.heddle.server.Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands in processes of their own, in pipes as people build them: what nobody saw is not dealt with. */
@Timeout(60)
final class ClosedOutputTest {
    private static final Path HOME = Path.of(System.getProperty("heddle.home", "."));

    @TempDir
    private Path folder;

    private Server server;

    @BeforeEach
    void start() throws Exception {
        assumeThat(Path.of("/proc/self/fd")).as("skipped: not Linux").exists();
        server = Server.start(
                Settings.of(Map.of(
                        "port",
                        "0",
                        "data",
                        folder.resolve("data").toString(),
                        "max.users",
                        "1000",
                        "admin.port",
                        "off")),
                line -> {});
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private String port() throws Exception {
        return Integer.toString(server.address().getPort());
    }

    private ClientOptions options(String user) throws Exception {
        return ClientOptions.of(user).at("127.0.0.1", server.address().getPort());
    }

    private void send(String recipient, String... texts) throws Exception {
        try (HeddleClient alice = HeddleClient.open(options("alice"), new Listener() {})) {
            for (String text : texts) {
                assertThat(alice.send(recipient, text.getBytes(UTF_8)).get(10, TimeUnit.SECONDS))
                        .isInstanceOf(Receipt.Accepted.class);
            }
        }
    }

    private List<String> waiting(String user) throws Exception {
        send(user, "end");
        List<String> texts = new CopyOnWriteArrayList<>();
        try (HeddleClient _ = HeddleClient.open(options(user), new Listener() {
            @Override
            public void onMessage(Delivery delivery) {
                texts.add(new String(delivery.body(), UTF_8));
            }
        })) {
            await().until(() -> texts.contains("end"));
        }
        return texts;
    }

    private record Ran(int status, String out, String err) {}

    /** Runs a line of shell in which {@code heddle} is the command, the server's port {@code $port}, a folder {@code $d}. */
    private Ran shell(String line) throws Exception {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        String heddle = "heddle() { '" + Path.of(System.getProperty("java.home"), "bin", "java") + "' '@"
                + HOME.resolve("etc").resolve("jvm.options") + "' -XX:TieredStopAtLevel=1 -Xmx64m -cp '"
                + System.getProperty("java.class.path") + "' dev.heddle.cli.Main \"$@\"; }; port=" + port() + "; d='"
                + folder + "'; ";
        Process process = new ProcessBuilder("sh", "-c", heddle + line)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                .start();
        try {
            assertThat(process.waitFor(40, TimeUnit.SECONDS)).as("it ends").isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return new Ran(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private String status() throws Exception {
        return Files.readString(folder.resolve("status")).strip();
    }

    @Test
    void listen_leaves_what_the_reader_of_a_pipe_has_not_taken_and_fails() throws Exception {
        send("bob", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18");
        Ran ran = shell("(heddle listen --port $port bob; echo $? > $d/status) | head -1");
        assertThat(ran.out()).isEqualTo("alice: 1\n");
        assertThat(status()).isEqualTo("1");
        assertThat(ran.err()).isEqualTo("heddle: standard output is closed\n");
        assertThat(waiting("bob")).startsWith("2").hasSize(18);
    }

    @Test
    void listen_on_a_full_disk_leaves_everything_and_fails() throws Exception {
        assumeThat(Path.of("/dev/full")).exists();
        send("bob", "1", "2");
        Ran ran = shell("heddle listen --port $port --count 1 bob > /dev/full");
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.err()).isEqualTo("heddle: standard output is closed\n");
        assertThat(waiting("bob")).containsExactly("1", "2", "end");
    }

    @Test
    void a_command_that_waits_for_messages_ends_with_its_output() throws Exception {
        Ran ran = shell("(heddle listen --port $port bob; echo $? > $d/status) | true");
        assertThat(status()).isEqualTo("1");
        assertThat(ran.err()).isEqualTo("heddle: standard output is closed\n");
    }

    @Test
    void chat_leaves_what_it_could_not_show_and_fails() throws Exception {
        send("bob", "1", "2", "3");
        Ran ran = shell("mkfifo $d/keys; exec 3<>$d/keys;"
                + " (heddle chat --port $port bob <&3; echo $? > $d/status) | head -2");
        assertThat(ran.out()).contains("(connected, 3 waiting)", " alice: 1\n").doesNotContain("alice: 2");
        assertThat(status()).isEqualTo("1");
        assertThat(waiting("bob")).containsExactly("2", "3", "end");
    }

    @Test
    void a_typed_line_without_end_is_refused_in_bounded_memory_and_those_after_it_are_sent() throws Exception {
        Ran ran = shell("(head -c 100000000 /dev/zero; printf '\\nbob: one\\nbob: \\377\\nbob: two\\r\\nbob: three')"
                + " | heddle chat --port $port alice");
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(ran.out())
                .contains("(a line of more than 1048576 bytes is not sent)", "(a line that is not UTF-8 is not sent)");
        assertThat(waiting("bob")).containsExactly("one", "two", "three", "end");
    }

    @Test
    void chat_ends_when_its_session_is_taken_over_though_nobody_types() throws Exception {
        Ran ran = shell(
                "mkfifo $d/keys; sleep 30 > $d/keys & holder=$!; heddle chat --port $port bob < $d/keys > $d/chat &"
                        + " chat=$!; until grep -q connected $d/chat; do sleep 0.1; done;"
                        + " heddle send --port $port bob alice over > /dev/null;"
                        + " wait $chat; echo $? > $d/status; kill $holder; cat $d/chat");
        assertThat(status()).as(ran.err()).isEqualTo("1");
        assertThat(ran.out()).contains("REPLACED");
    }

    @Test
    void what_a_command_says_has_to_be_heard_and_what_send_has_stored_is_stored() throws Exception {
        assumeThat(Path.of("/dev/full")).exists();
        assertThat(shell("heddle version > /dev/full").status()).isEqualTo(1);
        assertThat(shell("heddle keys new hs256 --keys $d/k && heddle token --user bob --keys $d/k > /dev/full")
                        .status())
                .isNotZero();
        assertThat(shell("heddle send --port $port alice bob one > /dev/full").status())
                .isZero();
        assertThat(waiting("bob")).containsExactly("one", "end");
    }

    @Test
    void names_and_texts_of_others_are_shown_and_not_obeyed() throws Exception {
        try (HeddleClient evil = HeddleClient.open(options("e\u0085v"), new Listener() {})) {
            for (int i = 0; i < 3; i++) {
                evil.send("bob", "a\u001b[2J\u009b\nb".getBytes(UTF_8)).get(10, TimeUnit.SECONDS);
            }
        }
        assertThat(shell("LC_ALL=C.UTF-8 heddle listen --port $port --count 1 bob")
                        .out())
                .isEqualTo("e\ufffdv: a\ufffd[2J\ufffd\ufffdb\n");
        assertThat(shell("LC_ALL=C.UTF-8 heddle listen --port $port --count 1 --raw bob")
                        .out())
                .isEqualTo("e\ufffdv: a\u001b[2J\u009b\nb\n");
        assertThat(shell("touch $d/chat; (until grep -q 2J $d/chat; do sleep 0.1; done) |"
                                + " LC_ALL=C.UTF-8 heddle chat --port $port bob > $d/chat; cat $d/chat")
                        .out())
                .contains(" e\ufffdv: a\ufffd[2J\ufffd\ufffdb\n");
    }
}
