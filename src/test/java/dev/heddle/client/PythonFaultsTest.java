package dev.heddle.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client in Python among callbacks that raise, damaged files, closed pipes and servers that are none. */
@Timeout(60)
final class PythonFaultsTest {
    private static final Path SCRIPTS = Path.of(System.getProperty("heddle.home", "."), "examples", "python");
    private static final int AUTH_FAILED = 105;

    @TempDir
    private Path folder;

    private final List<AutoCloseable> opened = new ArrayList<>();

    @BeforeEach
    void needPython() throws Exception {
        try {
            Process python =
                    new ProcessBuilder("python3", "-c", "import sys; sys.exit(sys.version_info < (3, 8))").start();
            if (python.waitFor() != 0) {
                abort("skipped: the python3 here is older than 3.8");
            }
        } catch (IOException absent) {
            abort("skipped: there is no python3 here");
        }
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable thing : opened.reversed()) {
            thing.close();
        }
    }

    private LiveServer server() throws Exception {
        LiveServer server = new LiveServer(folder.resolve("data"), Map.of());
        opened.add(server);
        return server;
    }

    private ScriptedServer scripted(ScriptedServer.Script script) throws Exception {
        ScriptedServer server = new ScriptedServer(script);
        opened.add(server);
        return server;
    }

    private record Ran(int status, String out, String err) {}

    private Ran run(String... command) throws Exception {
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("PYTHONPATH", SCRIPTS.toString());
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        builder.environment().put("PYTHONUTF8", "1");
        Process process = builder.redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                .start();
        try {
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("it ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Ran(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /** Runs lines as the body of a coroutine that has the module and the port. */
    private Ran python(int port, String... lines) throws Exception {
        String script = "import asyncio, sys, os, logging, heddle\nport = " + port + "\nasync def main():\n    "
                + String.join("\n    ", lines) + "\nasyncio.run(asyncio.wait_for(main(), 25))\n";
        return run("python3", "-c", script);
    }

    private static void send(LiveServer server, String recipient, List<String> texts) throws Exception {
        try (HeddleClient alice =
                HeddleClient.open(ClientOptions.of("alice").at("127.0.0.1", server.port()), new Listener() {})) {
            for (String text : texts) {
                assertThat(alice.send(recipient, text.getBytes(UTF_8)).get(10, TimeUnit.SECONDS))
                        .isInstanceOf(Receipt.Accepted.class);
            }
        }
    }

    private static List<String> waiting(LiveServer server, String user) throws Exception {
        send(server, user, List.of("end"));
        Recorder heard = new Recorder();
        try (HeddleClient _ = HeddleClient.open(ClientOptions.of(user).at("127.0.0.1", server.port()), heard)) {
            await().until(() -> heard.texts().contains("end"));
        }
        return heard.texts();
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"listen", "chat"})
    void what_the_reader_of_its_output_has_not_taken_is_not_acknowledged(String mode) throws Exception {
        LiveServer server = server();
        send(server, "bob", numbers(0, 20));
        Path keys = folder.resolve("keys");
        String command = "mkfifo " + keys + "; exec 3<>" + keys + "; (python3 " + SCRIPTS.resolve("chat.py") + " bob "
                + mode + " --port " + server.port() + " <&3; echo $? > " + folder.resolve("status") + ") | head -1";
        Ran ran = run("sh", "-c", command);
        assertThat(ran.out()).isEqualTo("alice: 0\n");
        assertThat(Files.readString(folder.resolve("status")).strip()).isEqualTo("1");
        assertThat(waiting(server, "bob")).startsWith("1").hasSize(20);
    }

    @Test
    void names_and_texts_of_others_do_not_reach_a_terminal_as_they_are() throws Exception {
        LiveServer server = server();
        try (HeddleClient evil = HeddleClient.open(
                ClientOptions.of("e\u0085\u202ev").at("127.0.0.1", server.port()), new Listener() {})) {
            evil.send("bob", "a\u001b[2J\u009b\u2028\tb".getBytes(UTF_8)).get(10, TimeUnit.SECONDS);
        }
        Ran ran = run(
                "python3",
                SCRIPTS.resolve("chat.py").toString(),
                "bob",
                "listen",
                "--count",
                "1",
                "--port",
                Integer.toString(server.port()));
        assertThat(ran.out()).isEqualTo("e\ufffd\ufffdv: a\ufffd[2J\ufffd\ufffd\tb\n");
    }

    @Test
    void a_typed_line_without_end_is_refused_and_those_after_it_are_sent() throws Exception {
        LiveServer server = server();
        String send =
                "(head -c 20000000 /dev/zero; printf '\\nbefore\\n\\377\\nafter\\n') | (ulimit -v 400000; python3 "
                        + SCRIPTS.resolve("chat.py") + " alice send bob --port " + server.port() + ")";
        Ran ran = run("sh", "-c", send);
        assertThat(ran.status()).as(ran.err()).isEqualTo(1);
        assertThat(ran.err().lines())
                .containsExactly(
                        "! a line of more than 1048576 bytes is not sent", "! a line that is not UTF-8 is not sent");
        assertThat(waiting(server, "bob")).containsExactly("before", "after", "end");
    }

    @Test
    void callbacks_that_raise_are_reported_and_end_nothing() throws Exception {
        LiveServer server = server();
        Ran ran = python(
                server.port(),
                "failures, asked = [], []",
                "def bad(*what): raise OSError('a bug')",
                "def token():",
                "    asked.append(1)",
                "    if len(asked) < 3: raise KeyError('not yet')",
                "    return ''",
                "c = heddle.Client('bob', port=port, token=token)",
                "c.on_presence = c.on_signal = c.on_lost = bad",
                "c.on_failure = failures.append",
                "async with c:",
                "    c.watch('alice')",
                "    c.signal('bob', b'x')",
                "    while len([f for f in failures if isinstance(f, OSError)]) < 4: await asyncio.sleep(0.01)",
                "    c.on_failure = bad",
                "    c.watch('carol')",
                "    print((await c.query('alice')).state, await c.send('bob', b'x') > 0, len(asked))");
        assertThat(ran.out()).as(ran.err()).isEqualTo("never seen True 3\n");
    }

    @Test
    void what_the_loop_did_not_finish_is_not_acknowledged() throws Exception {
        LiveServer server = server();
        send(server, "bob", List.of("one", "two"));
        Ran ran = python(
                server.port(),
                "try:",
                "    async with heddle.Client('bob', port=port) as c:",
                "        async for message in c:",
                "            if message.body == b'two': raise KeyError('a bug')",
                "except KeyError as bug: print(bug)");
        assertThat(ran.out()).as(ran.err()).isEqualTo("'a bug'\n");
        assertThat(waiting(server, "bob")).containsExactly("two", "end");
    }

    @Test
    void an_empty_cursor_file_is_a_client_that_remembers_nothing_and_a_damaged_one_is_said_and_kept() throws Exception {
        LiveServer server = server();
        send(server, "bob", List.of("one"));
        Path cursor = Files.createFile(folder.resolve("bob.cursor"));
        String[] listen = {
            "python3",
            SCRIPTS.resolve("chat.py").toString(),
            "bob",
            "listen",
            "--count",
            "1",
            "--port",
            Integer.toString(server.port()),
            "--cursor",
            cursor.toString()
        };
        assertThat(run(listen).out()).isEqualTo("alice: one\n");
        assertThat(Files.readString(cursor)).matches("[0-9]+\n");
        for (String damage : List.of("seven", "-1", "1_0", "1 2", "18446744073709551616", "\0\0\0", "٣")) {
            Files.writeString(cursor, damage);
            Ran ran = run(listen);
            assertThat(ran.status()).isEqualTo(1);
            assertThat(ran.err()).isEqualTo("heddle: no cursor in " + cursor + "\n");
            assertThat(cursor).hasContent(damage);
        }
    }

    @Test
    void a_cursor_that_cannot_be_saved_is_raised_and_not_acknowledged() throws Exception {
        LiveServer server = server();
        send(server, "bob", List.of("one", "two"));
        Files.createDirectory(folder.resolve("cursor.new"));
        Ran ran = python(
                server.port(),
                "try:",
                "    async with heddle.Client('bob', port=port, cursor_file='" + folder.resolve("cursor") + "') as c:",
                "        async for message in c: print(message.body)",
                "except OSError as full: print(type(full).__name__)");
        assertThat(ran.out()).as(ran.err()).isEqualTo("b'one'\nIsADirectoryError\n");
        assertThat(waiting(server, "bob")).containsExactly("one", "two", "end");
    }

    @Test
    void a_token_file_is_read_at_each_login_and_asked_again_after_the_token_has_expired() throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "first\n");
        List<String> tokens = new CopyOnWriteArrayList<>();
        ScriptedServer server = scripted(line -> {
            byte[] login = line.hear().body();
            String token = new String(login, login.length - 5, 5, UTF_8);
            tokens.add(token);
            boolean good = line.number == 0 || token.equals("later");
            if (good) {
                line.say(0x81, (byte) 1, 1L, 1L, 0, 1 << 20, (short) 60, 0L);
            }
            if (token.equals("later")) {
                line.deliver(1, "alice", "here");
                line.hearOut();
            } else {
                if (line.number == 2) {
                    Files.writeString(file, "later\n");
                }
                line.goodbye(AUTH_FAILED, "expired");
            }
        });
        Ran ran = run(
                "python3",
                SCRIPTS.resolve("chat.py").toString(),
                "bob",
                "listen",
                "--count",
                "1",
                "--port",
                Integer.toString(server.port()),
                "--token-file",
                file.toString());
        assertThat(ran.out()).as(ran.err()).isEqualTo("alice: here\n");
        assertThat(tokens).containsExactly("first", "first", "first", "later");
    }

    @Test
    void a_token_that_was_never_good_is_final() throws Exception {
        ScriptedServer server = scripted(line -> {
            line.hear();
            line.goodbye(AUTH_FAILED, "no");
        });
        Path file = Files.writeString(folder.resolve("token"), "first\n");
        Ran ran = run(
                "python3",
                SCRIPTS.resolve("chat.py").toString(),
                "bob",
                "listen",
                "--port",
                Integer.toString(server.port()),
                "--token-file",
                file.toString());
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.err()).startsWith("heddle: (105, 0, 'no')");
    }

    @Test
    void arguments_are_checked_before_the_server_would_end_the_session() throws Exception {
        LiveServer server = server();
        Ran ran = python(
                server.port(),
                "async with heddle.Client('bob', port=port) as c:",
                "    calls = [lambda: c.signal('alice', bytes(1 << 20))]",
                "    for name in ('', 'a\\nb', '\\x7f', 'x' * 129, 'é' * 65, '\\ud800'):",
                "        calls += [lambda n=name: c.signal(n, b''), lambda n=name: c.watch(n)]",
                "        calls += [lambda n=name: c.unwatch(n), lambda n=name: heddle.Client(n)]",
                "        for call in (c.send(name, b'x'), c.query(name)):",
                "            try: await call; print('taken', name)",
                "            except ValueError: pass",
                "    for call in calls:",
                "        try: call(); print('taken')",
                "        except ValueError: pass",
                "    try: await c.send('alice', bytes(1 << 20)); print('taken')",
                "    except ValueError: pass",
                "    c.signal('alice', bytes((1 << 20) - 7))",
                "    print(await c.send('alice', b'x') > 0)");
        assertThat(ran.out()).as(ran.err()).isEqualTo("True\n");
    }

    @Test
    void a_server_that_lets_in_and_hangs_up_is_asked_less_and_less_often() throws Exception {
        ScriptedServer server = scripted(ScriptedServer.Line::welcome);
        Ran ran =
                python(server.port(), "async with heddle.Client('bob', port=port) as c:", "    await asyncio.sleep(3)");
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(server.arrivals)
                .as("pauses of 25, 50, 100, 200, 400, 800 ms at least")
                .hasSizeBetween(4, 8);
        int last = server.arrivals.size() - 1;
        assertThat(Duration.ofNanos(server.arrivals.get(last) - server.arrivals.get(last - 1)))
                .isGreaterThan(Duration.ofMillis(200));
    }

    @Test
    void no_foreign_length_or_nonsense_costs_more_than_a_connection() throws Exception {
        List<byte[]> nonsense = List.of(
                "SSH-2.0-OpenSSH_9.2\r\n".getBytes(UTF_8),
                new byte[] {-1, -1, -1, -1, (byte) 0x81},
                new byte[] {0, 0, 0, 0},
                new byte[] {0, 0, 0, 1, (byte) 0x81},
                new byte[] {0, 0, 0, 2, (byte) 0x88, 0});
        List<byte[]> later = List.of(
                new byte[] {0x7f, -1, -1, -1, (byte) 0x83},
                new byte[] {0, 0, 0, 0},
                new byte[] {0, 0, 0, 2, (byte) 0x83, 0},
                new byte[] {0, 0, 0, 2, (byte) 0x7f, 0});
        ScriptedServer server = scripted(line -> {
            if (line.number < nonsense.size()) {
                line.hear();
                line.raw(nonsense.get(line.number));
            } else {
                line.welcome();
                int number = line.number - nonsense.size();
                line.raw(number < later.size() ? later.get(number) : new byte[0]);
                if (number >= later.size()) {
                    line.say(0x87, 99L, (short) 2, new byte[0]); // to what was not sent
                    line.say(0x84, 77, (byte) 1, 0L, "alice"); // to what was not asked
                    line.deliver(-1, "alice", "here");
                }
            }
            line.hearOut();
        });
        Ran ran = python(
                server.port(),
                "heddle.FIRST_PAUSE = heddle.MOST_PAUSE = 0.01",
                "c = heddle.Client('bob', port=port)",
                "lost = []",
                "c.on_lost = lost.append",
                "async with c:",
                "    print((await c.__anext__()).seq, lost[0], len(lost))");
        assertThat(ran.out())
                .as(ran.err())
                .isEqualTo("18446744073709551615 not a Heddle server: it says b'SSH-' "
                        + (nonsense.size() + later.size()) + "\n");
    }
}
