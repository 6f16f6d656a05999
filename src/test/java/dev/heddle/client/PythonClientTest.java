package dev.heddle.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.heddle.tls.Certificates;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The example in Python, which shares no line with the Java client, in processes of its own. */
@Timeout(30)
final class PythonClientTest {
    private static final Path SCRIPT = Path.of(System.getProperty("heddle.home", "."), "examples", "python", "chat.py");

    @TempDir
    private Path folder;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private LiveServer server;

    /** One run of the script; what it prints is in a file. */
    private final class Script implements AutoCloseable {
        private final Path output;
        private final Process process;

        Script(String... arguments) throws IOException {
            List<String> command =
                    new ArrayList<>(List.of("python3", SCRIPT.toString(), "--port", Integer.toString(server.port())));
            command.addAll(List.of(arguments));
            this.output = Files.createTempFile(folder, "python", ".out");
            this.process = new ProcessBuilder(command)
                    .redirectOutput(output.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            opened.add(this);
        }

        void type(List<String> lines) throws IOException {
            Writer input = process.outputWriter(UTF_8);
            for (String line : lines) {
                input.write(line + "\n");
            }
            input.flush();
        }

        void typeEnd() throws IOException {
            process.outputWriter(UTF_8).close();
        }

        List<String> lines() throws IOException {
            String text = Files.readString(output);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        }

        void awaitSuccess() throws InterruptedException {
            assertThat(process.waitFor(20, TimeUnit.SECONDS))
                    .as("the script ends")
                    .isTrue();
            assertThat(process.exitValue()).as("exit status").isZero();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    @BeforeEach
    void start() throws Exception {
        try {
            Process python =
                    new ProcessBuilder("python3", "-c", "import sys; sys.exit(sys.version_info < (3, 8))").start();
            if (python.waitFor() != 0) {
                abort("skipped: the python3 here is older than 3.8");
            }
        } catch (IOException absent) {
            abort("skipped: there is no python3 here");
        }
        Certificates.ec().in(folder);
        Map<String, String> tls = Map.of(
                "tls.port",
                "0",
                "tls.certificate",
                folder.resolve("tls.crt").toString(),
                "tls.key",
                folder.resolve("tls.key").toString());
        server = new LiveServer(folder.resolve("data"), tls);
        opened.add(server);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable thing : opened.reversed()) {
            thing.close();
        }
    }

    private HeddleClient java(String user, Listener listener) throws Exception {
        HeddleClient client = HeddleClient.open(
                ClientOptions.of(user)
                        .at("127.0.0.1", server.port())
                        .withBackoff(Duration.ofMillis(2), Duration.ofMillis(50)),
                listener);
        opened.add(client);
        assertThat(client.awaitConnected(Duration.ofSeconds(10))).isTrue();
        return client;
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }

    private static List<String> from(String sender, List<String> texts) {
        return texts.stream().map(text -> sender + ": " + text).toList();
    }

    @Test
    void python_speaks_tls_with_a_server_that_it_believes() throws Exception {
        String port = Integer.toString(server.tlsPort());
        String certificate = folder.resolve("tls.crt").toString();
        Script python = new Script("pia", "send", "jane", "--port", port, "--host", "localhost", "--ca", certificate);
        python.type(numbers(0, 100));
        python.typeEnd();
        python.awaitSuccess();

        Recorder heard = new Recorder();
        java("jane", heard);
        await().until(() -> heard.messages.size() >= 100);
        assertThat(heard.texts()).isEqualTo(numbers(0, 100));

        Script misled = new Script("pia", "send", "jane", "--port", port, "--host", "localhost", "--tls");
        misled.typeEnd();
        assertThat(misled.process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(misled.process.exitValue()).as("nobody has certified it").isEqualTo(1);
    }

    @Test
    void python_sends_to_a_java_user_who_is_away() throws Exception {
        Script python = new Script("pia", "send", "jane");
        python.type(numbers(0, 1000));
        python.typeEnd();
        python.awaitSuccess();

        Recorder heard = new Recorder();
        java("jane", heard);

        await().until(() -> heard.messages.size() >= 1000);
        assertThat(heard.texts()).isEqualTo(numbers(0, 1000));
        assertThat(heard.messages).allMatch(message -> message.sender().equals("pia"));
    }

    @Test
    void java_sends_to_a_python_user_who_is_away() throws Exception {
        HeddleClient jane = java("jane", new Listener() {});
        List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
        for (String text : numbers(0, 1000)) {
            receipts.add(jane.send("pia", text.getBytes(UTF_8)));
        }
        for (CompletableFuture<Receipt> receipt : receipts) {
            assertThat(receipt.get(10, TimeUnit.SECONDS)).isInstanceOf(Receipt.Accepted.class);
        }

        String cursor = folder.resolve("pia.cursor").toString();
        Script first = new Script("pia", "listen", "--count", "400", "--cursor", cursor);
        first.awaitSuccess();
        Script second = new Script("pia", "listen", "--count", "600", "--cursor", cursor);
        second.awaitSuccess();

        assertThat(first.lines()).isEqualTo(from("jane", numbers(0, 400)));
        assertThat(second.lines()).isEqualTo(from("jane", numbers(400, 1000)));
    }

    @Test
    void the_two_chat() throws Exception {
        Recorder heard = new Recorder();
        HeddleClient jane = java("jane", heard);
        Script pia = new Script("pia");
        pia.type(List.of("jane: grüße, 你好"));
        await().until(() -> heard.texts().equals(List.of("grüße, 你好")));
        jane.send("pia", "ebenso".getBytes(UTF_8)).get(10, TimeUnit.SECONDS);
        await().until(() -> pia.lines().equals(List.of("jane: ebenso")));
        pia.typeEnd();
        pia.awaitSuccess();
    }

    @Test
    void a_server_that_comes_back_has_lost_nothing_and_doubles_nothing() throws Exception {
        Recorder heard = new Recorder();
        HeddleClient jane = java("jane", heard);
        Script sender = new Script("pia", "send", "jane");
        Script listener = new Script("paul", "listen", "--count", "300");
        List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
        for (int restart = 0; restart < 3; restart++) {
            int next = 100 * restart;
            // Some of each is on its way when the server goes, the rest comes while it is away.
            sender.type(numbers(next, next + 60));
            send(jane, numbers(next, next + 60), receipts);
            await().until(() -> heard.messages.size() > next && listener.lines().size() > next);
            server.stop();
            sender.type(numbers(next + 60, next + 100));
            send(jane, numbers(next + 60, next + 100), receipts);
            server.startAgain();
        }
        sender.typeEnd();
        sender.awaitSuccess();
        listener.awaitSuccess();
        for (CompletableFuture<Receipt> receipt : receipts) {
            assertThat(receipt.get(10, TimeUnit.SECONDS)).isInstanceOf(Receipt.Accepted.class);
        }
        await().until(() -> heard.messages.size() >= 300);
        assertThat(heard.texts()).isEqualTo(numbers(0, 300));
        assertThat(listener.lines()).isEqualTo(from("jane", numbers(0, 300)));
    }

    private static void send(HeddleClient from, List<String> texts, List<CompletableFuture<Receipt>> receipts)
            throws InterruptedException {
        for (String text : texts) {
            receipts.add(from.send("paul", text.getBytes(UTF_8)));
        }
    }
}
