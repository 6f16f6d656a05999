package dev.heddle.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.heddle.config.SettingsException;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.RejectCode;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The admin port of a real server, over real HTTP: what it says, and whom it lets in. */
@Timeout(60)
final class AdminPortTest {
    private static final long FIRST_ID = 1L << 32;
    private static final String TOKEN = "a-token-that-nobody-guesses";

    @TempDir
    private Path folder;

    private RunningServer start(String... settings) throws Exception {
        return new RunningServer(folder.resolve("data"), settings);
    }

    private static URI admin(RunningServer server) {
        return server.server().admin().orElseThrow();
    }

    private String secret() throws Exception {
        return Files.readAllLines(folder.resolve("data").resolve("heddle.admin"))
                .getLast();
    }

    /** Sends so many messages, and waits until they are accepted. */
    private static void send(RunningServer server, String from, String to, int count) throws Exception {
        try (RawClient client = RawClient.login(server.port, from, 0)) {
            long first = client.welcome().firstId();
            for (int i = 0; i < count; i++) {
                client.send(first + i, to, "12345678");
            }
            while (client.expect(Frame.ACCEPTED).number() < first + count - 1) {
                // More come.
            }
        }
    }

    private static void assertMetric(String metrics, String line) {
        assertThat(metrics.lines()).as("the metrics").contains(line);
    }

    @Test
    void what_happened_is_counted_exactly() throws Exception {
        try (RunningServer server = start()) {
            send(server, "alice", "bob", 100);
            try (RawClient bob = RawClient.login(server.port, "bob", 0)) {
                bob.welcome();
                long last = 0;
                for (int i = 0; i < 16; i++) {
                    last = bob.deliver().seq();
                }
                bob.send(FIRST_ID, "", "to nobody");
                bob.expect(Frame.REJECTED);

                JsonNode status = Http.get(admin(server), "/status").json();
                assertThat(status.at("/traffic/accepted").asLong()).isEqualTo(100);
                assertThat(status.at("/traffic/acceptedBytes").asLong()).isEqualTo(800);
                assertThat(status.at("/traffic/delivered").asLong()).isEqualTo(16);
                assertThat(status.at("/traffic/deliveredBytes").asLong()).isEqualTo(128);
                assertThat(status.at("/traffic/acknowledged").asLong()).isZero();
                assertThat(status.at("/traffic/rejected").toString()).isEqualTo("{\"BAD_RECIPIENT\":1}");
                assertThat(status.at("/storage/waitingMessages").asLong()).isEqualTo(100);
                assertThat(status.at("/connections/sessions").asInt()).isEqualTo(1);
                assertThat(status.at("/connections/opened").asInt()).isEqualTo(2);
                assertThat(status.at("/connections/logins").asInt()).isEqualTo(2);
                assertThat(status.at("/connections/users").asInt()).isEqualTo(2);
                assertThat(status.at("/shards/0/forces/count").asLong()).isPositive();
                assertThat(status.at("/shards/0/forces/max").asDouble()).isPositive();
                assertThat(status.at("/troubles").isEmpty()).isTrue();

                bob.ack(last);
                bob.deliver();
                JsonNode later = Http.get(admin(server), "/status").json();
                assertThat(later.at("/traffic/acknowledged").asLong()).isEqualTo(16);
                assertThat(later.at("/storage/waitingMessages").asLong()).isEqualTo(84);
            }
        }
    }

    @Test
    void metrics_are_in_the_format_of_prometheus_and_name_no_user() throws Exception {
        Pattern sample = Pattern.compile(
                "[a-zA-Z_:][a-zA-Z0-9_:]*(\\{[a-zA-Z_][a-zA-Z0-9_]*=\"[^\"]*\"(,[a-zA-Z_][a-zA-Z0-9_]*=\"[^\"]*\")*,?})? \\S+");
        try (RunningServer server = start()) {
            send(server, "alice-the-first", "bob-the-last", 7);
            Http.Answer answer = Http.get(admin(server), "/metrics");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.headers().get("content-type")).startsWith("text/plain; version=0.0.4");
            assertThat(answer.body().lines().filter(line -> !line.startsWith("#")))
                    .allMatch(line -> sample.matcher(line).matches());
            assertMetric(answer.body(), "heddle_messages_accepted_total{shard=\"0\"} 7.0");
            assertMetric(answer.body(), "heddle_accepted_bytes_total{shard=\"0\"} 56.0");
            assertMetric(answer.body(), "heddle_backlog_messages{shard=\"0\"} 7.0");
            assertMetric(answer.body(), "heddle_ready 1.0");
            assertThat(answer.body())
                    .contains(
                            "jvm_gc_collection_seconds",
                            "heddle_virtual_threads_carriers",
                            "heddle_force_seconds_bucket")
                    .doesNotContain("alice-the-first", "bob-the-last");

            String open = "Accept: application/openmetrics-text; version=1.0.0";
            assertThat(Http.get(admin(server), "/metrics", open).body()).endsWith("# EOF\n");
        }
    }

    /** What a scraper sends, whatever it is, is answered in a text format. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1 | true
                    application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1 | true
                    application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1 | true
                    application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,text/plain;version=0.0.4;q=0.3,*/*;q=0.1 | false
                    application/vnd.google.protobuf | false
                    text/plain;q=0.9, application/openmetrics-text;q=0.1 | false
                    APPLICATION/OpenMetrics-Text ; Version="1.0.0" ; Q=1.000 | true
                    application/openmetrics-text;version=7.0.0 | false
                    application/openmetrics-text;q=0 | false
                    application/openmetrics-text;q=NaN | false
                    application/openmetrics-text;q=1e9 | false
                    text/html,application/xhtml+xml,*/*;q=0.8 | false
                    ;;;,,==,;q=, | false
                    application/openmetrics-text;;=;version | true
                    """)
    void metrics_are_text_whatever_is_asked_for_first(String accept, boolean open) throws Exception {
        try (RunningServer server = start()) {
            Http.Answer answer = Http.get(admin(server), "/metrics", "Accept: " + accept);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.headers().get("content-type"))
                    .startsWith(open ? "application/openmetrics-text" : "text/plain; version=0.0.4");
            assertThat(answer.body().endsWith("# EOF\n")).isEqualTo(open);
        }
    }

    @Test
    void a_counter_is_there_for_each_code_before_the_first_of_its_kind() throws Exception {
        try (RunningServer server = start("shards", "2")) {
            String metrics = Http.get(admin(server), "/metrics").body();
            for (String shard : new String[] {"0", "1"}) {
                for (RejectCode code : RejectCode.values()) {
                    assertMetric(
                            metrics,
                            "heddle_messages_rejected_total{code=\"" + code + "\",shard=\"" + shard + "\"} 0.0");
                }
                for (GoodbyeCode code : GoodbyeCode.values()) {
                    assertMetric(metrics, "heddle_goodbyes_total{code=\"" + code + "\",shard=\"" + shard + "\"} 0.0");
                }
            }
            assertMetric(metrics, "heddle_log_lines_dropped_total 0.0");
        }
    }

    @Test
    void a_server_is_ready_until_its_storage_is_full() throws Exception {
        try (RunningServer server = start("log.bytes", "4m", "segment.bytes", "2m", "frame.bytes", "64k")) {
            assertThat(Http.get(admin(server), "/health/live").status()).isEqualTo(200);
            Http.Answer ready = Http.get(admin(server), "/health/ready");
            assertThat(ready.status()).isEqualTo(200);
            assertThat(ready.json().toString()).contains("\"ready\":true");
            try (RawClient alice = RawClient.login(server.port, "alice", 0)) {
                long id = alice.welcome().firstId();
                String body = "x".repeat(60_000);
                Frame answer;
                do {
                    alice.send(id++, "bob", body);
                    answer = alice.next();
                } while (answer.type() == Frame.ACCEPTED);
                assertThat(answer.type()).isEqualTo(Frame.REJECTED);
                answer.number();
                assertThat(answer.code()).isEqualTo(3);
            }
            Http.Answer full = Http.get(admin(server), "/health/ready");
            assertThat(full.status()).isEqualTo(503);
            assertThat(full.body()).contains("the storage of shard 0 is full");
            assertThat(Http.get(admin(server), "/health/live").status()).isEqualTo(200);
        }
    }

    @Test
    void a_server_that_is_stopping_is_not_ready() throws Exception {
        try (RunningServer server = start();
                RawClient deaf = server.login("deaf")) {
            URI admin = admin(server);
            CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> {
                try {
                    server.drain();
                } catch (Exception failure) {
                    throw new IllegalStateException(failure);
                }
            });
            await().atMost(10, TimeUnit.SECONDS)
                    .until(() -> Http.get(admin, "/health/ready").status() == 503);
            assertThat(Http.get(admin, "/health/ready").body()).contains("the server is stopping");
            deaf.expectGoodbye();
            deaf.reset();
            drained.get(20, TimeUnit.SECONDS);
            assertThat(folder.resolve("data").resolve("heddle.admin")).doesNotExist();
        }
    }

    @Test
    void a_hundred_half_sent_requests_keep_nobody_from_a_health_check() throws Exception {
        try (RunningServer server = start()) {
            List<Socket> slow = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                slow.add(Http.say(admin(server), i % 2 == 0 ? "GET /status HTTP/1.1\r\nHost: " : "G"));
            }
            long begun = System.nanoTime();
            assertThat(Http.get(admin(server), "/health/ready").status()).isEqualTo(200);
            assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(2));
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void what_makes_no_sense_is_answered_and_nothing_else_happens() throws Exception {
        try (RunningServer server = start()) {
            URI admin = admin(server);
            assertThat(Http.get(admin, "/no/such/page").status()).isEqualTo(404);
            assertThat(Http.get(admin, "/status/../status").status()).isEqualTo(404);
            Http.Answer wrong = Http.ask("DELETE", admin, "/status");
            assertThat(wrong.status()).isEqualTo(405);
            assertThat(wrong.headers()).containsEntry("allow", "GET");
            for (String garbage : List.of(
                    "",
                    "nonsense",
                    "GET /%zznonsense HTTP/1.1",
                    "GET //nonsense HTTP/1.1",
                    "OPTIONS * HTTP/1.1",
                    "GET nonsense HTTP/1.1",
                    "GET mailto:nonsense HTTP/1.1",
                    "GET /status HTTP/1.1\r\nContent-Length: nonsense",
                    "GET /status HTTP/1.1\r\nTransfer-Encoding: nonsense",
                    "GET /status HTTP/1.1\r\nnon sense: nonsense")) {
                try (Socket socket = Http.say(admin, garbage + "\r\n\r\n")) {
                    socket.shutdownOutput();
                    String heard = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                    assertThat(heard).as(garbage).doesNotContain("200 OK", "nonsense", "heddle");
                }
            }
            String header = "X: " + "x".repeat(100_000);
            try (Socket socket = Http.say(admin, "GET /status HTTP/1.1\r\n" + header + "\r\n\r\n")) {
                socket.shutdownOutput();
                assertThat(socket.getInputStream().readNBytes(12)).asString().doesNotContain("200");
            } catch (SocketException reset) {
                // That is an answer, too.
            }
            assertThat(Http.get(admin, "/health/ready").status()).isEqualTo(200);
        }
    }

    @Test
    void no_answer_may_be_kept_framed_or_taken_for_something_else() throws Exception {
        try (RunningServer server = start()) {
            URI admin = admin(server);
            String bearer = "Authorization: Bearer " + secret();
            List<Http.Answer> answers = List.of(
                    Http.get(admin, "/"),
                    Http.get(admin, "/status"),
                    Http.get(admin, "/health/live"),
                    Http.ask("POST", admin, "/kick", bearer),
                    Http.ask("POST", admin, "/kick?user=bob"),
                    Http.get(admin, "/status", "Host: evil.example"),
                    Http.get(admin, "/no/such/page"),
                    Http.ask("DELETE", admin, "/status"));
            assertThat(answers.stream().map(Http.Answer::status))
                    .containsExactly(200, 200, 200, 400, 401, 403, 404, 405);
            assertThat(answers)
                    .allSatisfy(answer -> assertThat(answer.headers())
                            .containsEntry("x-frame-options", "DENY")
                            .containsEntry("x-content-type-options", "nosniff")
                            .containsEntry("cache-control", "no-store")
                            .containsEntry("referrer-policy", "no-referrer")
                            .containsEntry("cross-origin-resource-policy", "same-origin")
                            .hasEntrySatisfying(
                                    "content-security-policy",
                                    policy -> assertThat(policy)
                                            .contains("default-src 'self'", "frame-ancestors 'none'")));
        }
    }

    @Test
    void who_asks_for_the_head_alone_gets_it_and_fills_no_log() throws Exception {
        List<LogRecord> logged = new CopyOnWriteArrayList<>();
        Handler listening = new Handler() {
            @Override
            public void publish(LogRecord line) {
                logged.add(line);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger everybody = Logger.getLogger("");
        everybody.addHandler(listening);
        try (RunningServer server = start()) {
            Http.Answer head = Http.ask("HEAD", admin(server), "/health/ready");
            assertThat(head.status()).isEqualTo(405);
            assertThat(head.body()).isEmpty();
            assertThat(logged.stream().map(LogRecord::getMessage)).isEmpty();
        } finally {
            everybody.removeHandler(listening);
        }
    }

    @Test
    void a_page_of_another_origin_gets_nothing() throws Exception {
        try (RunningServer server = start()) {
            URI admin = admin(server);
            assertThat(Http.get(admin, "/status", "Host: evil.example:7401").status())
                    .isEqualTo(403);
            assertThat(Http.get(admin, "/status", "Host: 127.0.0.1.evil.example")
                            .status())
                    .isEqualTo(403);
            assertThat(Http.get(admin, "/no/such/page", "Host: evil.example").status())
                    .isEqualTo(403);
            assertThat(Http.get(admin, "/health/ready", "Host: heddle.internal").status())
                    .as("a supervisor may use a name")
                    .isEqualTo(200);
            assertThat(Http.get(admin, "/status", "Host: localhost:7401").status())
                    .isEqualTo(200);
            assertThat(Http.get(admin, "/status", "Host: [::1]:7401").status()).isEqualTo(200);
            Http.Answer fair = Http.get(admin, "/status", "Origin: http://evil.example");
            assertThat(fair.headers().keySet()).noneMatch(name -> name.startsWith("access-control"));
            assertThat(fair.headers().get("content-security-policy")).contains("default-src 'self'");
            assertThat(fair.headers()).containsEntry("x-content-type-options", "nosniff");
        }
    }

    @Test
    void where_there_is_a_token_it_has_to_be_shown() throws Exception {
        Path file = Files.writeString(folder.resolve("token"), TOKEN + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        try (RunningServer server = start("admin.token.file", file.toString(), "admin.bind", "0.0.0.0")) {
            URI admin = admin(server);
            Http.Answer bare = Http.get(admin, "/metrics");
            assertThat(bare.status()).isEqualTo(401);
            assertThat(bare.headers().get("www-authenticate")).startsWith("Basic");
            assertThat(Http.get(admin, "/metrics", "Authorization: Bearer " + TOKEN.substring(1))
                            .status())
                    .isEqualTo(401);
            assertThat(Http.get(admin, "/metrics", "Authorization: Bearer " + TOKEN, "Host: heddle.internal")
                            .status())
                    .isEqualTo(200);
            String basic = Base64.getEncoder().encodeToString(("me:" + TOKEN).getBytes(StandardCharsets.UTF_8));
            assertThat(Http.get(admin, "/status", "Authorization: Basic " + basic)
                            .status())
                    .isEqualTo(200);
            assertThat(Http.get(admin, "/status", "Authorization: Basic ???").status())
                    .isEqualTo(401);
            assertThat(Http.get(admin, "/status", "Authorization: Bearer " + secret())
                            .status())
                    .isEqualTo(200);
            assertThat(Http.get(admin, "/health/ready").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s", "%s\r\n", "\ufeff%s\r\n", "%s\n"})
    void a_token_is_what_its_file_says_in_utf_8(String form) throws Exception {
        String token = "sch\u00f6n-geheim-\u7e54\u5de5-\u00e0\u00e9\u00a0";
        Path file = Files.writeString(folder.resolve("token"), String.format(form, token));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        try (RunningServer server = start("admin.token.file", file.toString())) {
            URI admin = admin(server);
            assertThat(Http.get(admin, "/status", "Authorization: Bearer " + token)
                            .status())
                    .isEqualTo(200);
            String basic = Base64.getEncoder().encodeToString(("me:" + token).getBytes(StandardCharsets.UTF_8));
            assertThat(Http.get(admin, "/status", "Authorization: Basic " + basic)
                            .status())
                    .isEqualTo(200);
            assertThat(Http.get(admin, "/status", "Authorization: Bearer " + token.replace('\u00f6', '?'))
                            .status())
                    .isEqualTo(401);
        }
    }

    @Test
    void a_token_file_that_is_no_text_of_utf_8_is_refused() throws Exception {
        Path file = folder.resolve("token");
        Files.write(file, "sch\u00f6n-geheim-und-lang-genug\n".getBytes(StandardCharsets.ISO_8859_1));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThatThrownBy(() -> start("admin.token.file", file.toString())).hasMessageContaining("must be UTF-8");
        Files.writeString(file, "with a control \u0007 character in it\n");
        assertThatThrownBy(() -> start("admin.token.file", file.toString())).hasMessageContaining("must be one line");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw--w--w-", "rw-r-----", "rw-rw----", "rw----r--", "rw-----w-", "rw--w----"})
    void a_token_file_that_others_may_read_or_write_is_refused(String permissions) throws Exception {
        Path file = Files.writeString(folder.resolve("token"), TOKEN);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        assertThatThrownBy(() -> start("admin.token.file", file.toString()))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("others may ")
                .hasMessageContaining("chmod 600");
    }

    @Test
    void a_token_that_others_can_read_or_guess_is_refused() throws Exception {
        Path file = Files.writeString(folder.resolve("token"), TOKEN);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> start("admin.token.file", file.toString()))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("others may read it")
                .hasMessageNotContaining(TOKEN);
        Files.writeString(file, "short");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThatThrownBy(() -> start("admin.token.file", file.toString()))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("16 to 1024 characters");
        assertThatThrownBy(() -> start("admin.token.file", file + ".none"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("there is no such file");
    }

    @Test
    void where_others_can_connect_it_takes_a_token() {
        assertThatThrownBy(() -> start("admin.bind", "0.0.0.0"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("admin.bind=0.0.0.0 can be reached by others, and that needs admin.token.file");
    }

    @Test
    void a_port_that_is_taken_is_named_with_its_setting() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            assertThatThrownBy(() -> start("admin.port", port))
                    .isInstanceOf(SettingsException.class)
                    .hasMessageContaining("cannot open the admin port on 127.0.0.1:" + port)
                    .hasMessageContaining("admin.port can be another one, or off");
        }
        try (RunningServer server = start("admin.port", "off")) {
            assertThat(server.server().admin()).isEmpty();
            assertThat(folder.resolve("data").resolve("heddle.admin")).doesNotExist();
            server.login("alice").close();
        }
    }

    @Test
    void the_secret_of_a_run_is_for_the_owner_of_the_data_alone() throws Exception {
        try (RunningServer server = start()) {
            Path door = folder.resolve("data").resolve("heddle.admin");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(door)))
                    .isEqualTo("rw-------");
            assertThat(Files.readAllLines(door))
                    .hasSize(2)
                    .first()
                    .isEqualTo(admin(server).toString());
        }
        assertThat(folder.resolve("data").resolve("heddle.admin")).doesNotExist();
    }

    @Test
    void only_who_shows_the_secret_ends_a_session() throws Exception {
        try (RunningServer server = start();
                RawClient bob = server.login("bob")) {
            URI admin = admin(server);
            assertThat(Http.get(admin, "/kick?user=bob").status()).isEqualTo(401);
            assertThat(Http.ask("POST", admin, "/kick?user=bob").status()).isEqualTo(401);
            assertThat(Http.ask("POST", admin, "/remove?user=bob").status()).isEqualTo(401);
            String basic = Base64.getEncoder().encodeToString(("me:" + secret()).getBytes(StandardCharsets.UTF_8));
            assertThat(Http.ask("POST", admin, "/kick?user=bob", "Authorization: Basic " + basic)
                            .status())
                    .as("what a browser says again by itself")
                    .isEqualTo(401);
            bob.sync();

            String bearer = "Authorization: Bearer " + secret();
            assertThat(Http.get(admin, "/kick?user=bob", bearer).status()).isEqualTo(405);
            assertThat(Http.ask("POST", admin, "/kick", bearer).status()).isEqualTo(400);
            assertThat(Http.ask("POST", admin, "/kick?user=bob&seconds=x", bearer)
                            .status())
                    .isEqualTo(400);
            assertThat(Http.ask("POST", admin, "/kick?user=%00", bearer).status())
                    .isEqualTo(400);
            bob.sync();
            assertThat(Http.ask("POST", admin, "/kick?user=bob&seconds=7", bearer)
                            .status())
                    .isEqualTo(200);
            Frame goodbye = bob.expect(Frame.GOODBYE);
            assertThat(goodbye.code()).isEqualTo(109);
            assertThat(goodbye.body().getInt()).isEqualTo(7000);
            assertThat(bob.read()).isNull();
            assertThat(Http.ask("POST", admin, "/kick?user=bob", bearer).status())
                    .isEqualTo(404);
        }
    }

    @Test
    void with_several_shards_everything_is_asked_of_the_right_one() throws Exception {
        try (RunningServer server = start("shards", "3")) {
            for (int i = 1; i <= 12; i++) {
                send(server, "alice", "user-" + i, i);
            }
            JsonNode status = Http.get(admin(server), "/status").json();
            assertThat(status.at("/traffic/accepted").asInt()).isEqualTo(78);
            assertThat(status.at("/shards").size()).isEqualTo(3);
            assertThat(status.at("/fullestInboxes").size()).isEqualTo(10);
            for (int i = 12; i >= 3; i--) {
                JsonNode inbox = status.at("/fullestInboxes").get(12 - i);
                assertThat(inbox.at("/user").asString()).isEqualTo("user-" + i);
                assertThat(inbox.at("/messages").asInt()).isEqualTo(i);
                assertThat(Http.get(admin(server), "/inbox?user=user-" + i).json())
                        .isEqualTo(inbox);
            }
        }
    }
}
