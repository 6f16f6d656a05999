package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.config.Settings;
import dev.heddle.events.LogBackend;
import dev.heddle.server.Server;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as people type them, in this process. */
final class CommandsTest {
    @TempDir
    private Path data;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private PrintStream realOut;
    private PrintStream realErr;
    private InputStream realIn;
    private Server server;
    private String port;

    @BeforeEach
    void start() throws Exception {
        server = Server.start(
                Settings.of(Map.of("port", "0", "data", data.toString(), "max.users", "1000")), line -> {});
        port = Integer.toString(server.address().getPort());
        LogBackend.flush();
        realOut = System.out;
        realErr = System.err;
        realIn = System.in;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() {
        System.setOut(realOut);
        System.setErr(realErr);
        System.setIn(realIn);
        server.close();
    }

    private int run(String... arguments) {
        return Main.commandLine()
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
                .execute(arguments);
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String complained() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void what_is_sent_is_heard() {
        assertThat(run("send", "--port", port, "alice", "bob", "hello")).isZero();
        assertThat(said()).startsWith("accepted, id ");
        out.reset();
        assertThat(run("listen", "--port", port, "--count", "1", "bob")).isZero();
        assertThat(said()).isEqualTo("alice: hello" + System.lineSeparator());
    }

    @Test
    void a_message_that_cannot_be_sent_is_one_line_and_status_1() {
        assertThat(run("send", "--port", port, "alice", "b\u0001b", "hello")).isEqualTo(1);
        assertThat(complained().lines()).singleElement().asString().startsWith("heddle: ");
        err.reset();
        assertThat(run("send", "--port", "1", "--seconds", "1", "alice", "bob", "hello"))
                .isEqualTo(1);
        assertThat(complained().lines()).last().asString().startsWith("heddle: ");
    }

    @Test
    void a_conversation_is_typed_line_by_line() {
        System.setIn(new java.io.ByteArrayInputStream("bob: one\ntwo\n?bob\n/quit\n".getBytes(StandardCharsets.UTF_8)));
        assertThat(run("chat", "--port", port, "alice")).isZero();
        assertThat(said()).contains("(connected)", "(stored for bob)", "(bob was never seen)");
        out.reset();
        assertThat(run("listen", "--port", port, "--count", "2", "bob")).isZero();
        assertThat(said().lines()).containsExactly("alice: one", "alice: two");
    }

    @Test
    void a_command_line_that_makes_no_sense_is_status_2_and_says_what_would() {
        assertThat(run("sing")).isEqualTo(2);
        assertThat(complained()).contains("sing");
        err.reset();
        assertThat(run("send", "alice")).isEqualTo(2);
        assertThat(complained()).contains("Usage:");
    }

    @Test
    void a_server_that_is_told_nonsense_says_so_in_one_line() {
        assertThat(run("serve", "--set", "port")).isEqualTo(2);
        assertThat(run("serve", "--port", "0", "--port", "1")).isEqualTo(2);
        assertThat(complained().lines())
                .hasSize(2)
                .allMatch(line -> line.startsWith("heddle: ") && line.endsWith(", see bin/heddle serve --help"));
    }

    @Test
    void every_command_helps() {
        for (String command :
                new String[] {"serve", "settings", "reload", "chat", "send", "listen", "drain", "log", "version"}) {
            out.reset();
            assertThat(run(command, "--help")).isZero();
            assertThat(said()).startsWith("Usage: heddle " + command);
        }
        out.reset();
        assertThat(run("version")).isZero();
        assertThat(said()).startsWith("heddle ");
    }

    @Test
    void a_server_on_a_folder_in_use_is_refused_in_one_line() {
        assertThat(run("serve", "--port", "0", "--data", data.toString())).isEqualTo(1);
        assertThat(complained().lines()).singleElement().asString().contains("another server", data.toString());
        err.reset();
        assertThat(run(
                        "serve",
                        "--set",
                        "no.such=1",
                        "--data",
                        data.resolve("new").toString()))
                .isEqualTo(1);
        assertThat(complained().lines()).containsExactly("heddle: --set: unknown setting no.such");
        err.reset();
        assertThat(run("serve", "--inbox-messages", "0", "--data", data.toString()))
                .isEqualTo(1);
        assertThat(complained().lines())
                .containsExactly("heddle: --inbox-messages: inbox.messages=0: must be a number from 1 to 100000000");
        err.reset();
        assertThat(run("log", "check", data.toString())).isEqualTo(1);
        assertThat(complained()).contains("another server");
    }
}
