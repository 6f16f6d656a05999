package dev.heddle.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.auth.Algorithm;
import dev.heddle.auth.KeyFile;
import dev.heddle.auth.TokenKey;
import dev.heddle.client.ClientOptions;
import dev.heddle.client.HeddleClient;
import dev.heddle.client.Listener;
import dev.heddle.client.TokenSource;
import dev.heddle.events.LogBackend;
import dev.heddle.wire.GoodbyeCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code auth=token} over real sockets; no token, good or bad, is ever found in what the server says. */
@Timeout(60)
final class LoginTokenTest {
    private static final int FRAME_TOO_LARGE = 101;
    private static final int AUTH_FAILED = 105;
    private static final int DRAINING = 108;
    private static final int LOGIN_SECONDS = 2;
    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final List<String> tokens = new ArrayList<>();
    private PrintStream stderr;
    private PrintStream stdout;
    private KeyFile file;
    private TokenKey secret;
    private TokenKey pair;
    private RunningServer server;

    @BeforeEach
    void start() throws Exception {
        file = new KeyFile(folder.resolve("keys"));
        secret = file.add(Algorithm.HS256, "secret", RANDOM);
        pair = file.add(Algorithm.ED25519, "pair", RANDOM);
        stderr = System.err;
        stdout = System.out;
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        System.setOut(System.err);
        server = new RunningServer(
                folder.resolve("data"),
                "auth",
                "token",
                "auth.keys",
                folder.resolve("keys").toString(),
                "auth.revoked",
                Files.writeString(folder.resolve("revoked"), "# none\n").toString(),
                "auth.skew.seconds",
                "0",
                "login.seconds",
                Integer.toString(LOGIN_SECONDS));
    }

    @AfterEach
    void stop() {
        server.close();
        System.setErr(stderr);
        System.setOut(stdout);
        String all = said();
        for (String token : tokens) {
            assertThat(all).doesNotContain(token);
            for (String part : token.split("\\.", -1)) {
                assertThat(part.length() > 8 && all.contains(part)).isFalse();
            }
        }
        assertThat(all).doesNotContain("Exception", "\tat ");
    }

    private String said() {
        LogBackend.flush();
        return said.toString(StandardCharsets.UTF_8);
    }

    private String token(TokenKey key, String user, long forMillis) {
        long now = System.currentTimeMillis();
        return remembered(key.token(user, now, now + forMillis));
    }

    private String remembered(String token) {
        if (!token.isEmpty()) {
            tokens.add(token);
        }
        return token;
    }

    private RawClient login(String user, String token) throws IOException {
        RawClient client = new RawClient(server.port);
        client.write(loginFrame(user, token));
        return client;
    }

    private static byte[] loginFrame(String user, String token) {
        return RawClient.frame(0x01, out -> {
            out.writeByte(1);
            RawClient.str(out, user);
            out.writeLong(0);
            out.writeShort(token.length());
            out.writeBytes(token);
        });
    }

    private void comesIn(String user, String token) throws IOException {
        try (RawClient client = login(user, token)) {
            client.welcome();
            client.logout();
            assertThat(client.expectGoodbye()).isEqualTo(112);
        }
    }

    private String refusal(String user, String token) throws IOException {
        return refusal(login(user, remembered(token)));
    }

    private static String refusal(RawClient client) throws IOException {
        try (client) {
            Frame goodbye = client.expect(Frame.GOODBYE);
            assertThat(goodbye.code()).isEqualTo(AUTH_FAILED);
            assertThat(client.read()).isNull();
            assertThat(goodbye.body().getInt()).as("come back after").isZero();
            return goodbye.rest();
        }
    }

    private static String part(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void a_good_token_opens_a_session_of_its_user_and_of_nobody_else(Algorithm algorithm) throws Exception {
        TokenKey key = algorithm == Algorithm.HS256 ? secret : pair;
        String token = token(key, "alice", 60_000);
        comesIn("alice", token);
        assertThat(refusal("bob", token)).isEqualTo("the token is for another user");
    }

    @Test
    void who_brings_no_good_token_is_told_no_more_than_that() throws Exception {
        long now = System.currentTimeMillis();
        String good = token(pair, "alice", 60_000);
        String claims = good.substring(good.indexOf('.') + 1, good.lastIndexOf('.'));
        List<RawClient> clients = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        clients.add(login("alice", ""));
        expected.add("this server asks for a token");
        clients.add(login("alice", remembered(secret.token("alice", now, now - 1000))));
        expected.add("the token has expired");
        for (String bad : new String[] {
            "garbage",
            "a.b.c",
            good.substring(0, good.length() - 12) + "AAAAAAAAAAAA",
            part("{\"alg\":\"none\"}") + "." + claims + ".",
            part("{\"alg\":\"HS256\",\"kid\":\"pair\"}") + "." + claims + "." + part("no secret"),
        }) {
            clients.add(login("alice", remembered(bad)));
            expected.add("the token is not valid");
        }
        for (int i = 0; i < expected.size(); i++) {
            assertThat(refusal(clients.get(i))).isEqualTo(expected.get(i));
        }
        assertThat(said()).contains("event=login_refused user=alice");
    }

    @Test
    void a_login_that_was_refused_has_made_nobody_known_and_ended_nobodys_session() throws Exception {
        try (RawClient alice = login("alice", token(pair, "alice", 60_000))) {
            alice.welcome();
            refusal("alice", "forged");
            refusal("mallory", "forged");
            alice.query(1, "mallory");
            assertThat(alice.expect(Frame.PRESENCE).presence().state()).isEqualTo(2);
            alice.sync();
        }
    }

    @Test
    void a_token_that_is_too_long_is_not_even_read() throws Exception {
        try (RawClient client = login("alice", "x".repeat(3073))) {
            assertThat(client.expectGoodbye()).isEqualTo(FRAME_TOO_LARGE);
        }
        try (RawClient client = new RawClient(server.port)) {
            byte[] frame = loginFrame("alice", "x".repeat(60_000));
            client.write(java.util.Arrays.copyOf(frame, 16));
            assertThat(client.expectGoodbye()).isEqualTo(FRAME_TOO_LARGE);
        }
        assertThat(refusal("alice", "x".repeat(3072))).isEqualTo("the token is not valid");
    }

    @Test
    void a_session_ends_with_its_token() throws Exception {
        long before = System.nanoTime();
        try (RawClient alice = login("alice", token(secret, "alice", 2500))) {
            alice.welcome();
            alice.sync();
            Frame goodbye = alice.expect(Frame.GOODBYE);
            assertThat(goodbye.code()).isEqualTo(AUTH_FAILED);
            assertThat(alice.read()).isNull();
        }
        // exp counts whole seconds.
        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(6));
    }

    @Test
    void keys_change_while_the_server_runs() throws Exception {
        String old = token(secret, "alice", 60_000);
        TokenKey next = file.add(Algorithm.ED25519, "next", RANDOM);
        String fresh = token(next, "alice", 60_000);
        assertThat(refusal("alice", fresh)).isEqualTo("the token is not valid");

        server.reload();
        assertThat(said()).contains("tokens are verified with secret, pair, next");
        comesIn("alice", fresh);
        comesIn("alice", old);

        file.remove("secret");
        server.reload();
        comesIn("alice", fresh);
        assertThat(refusal("alice", old)).isEqualTo("the token is not valid");
    }

    @Test
    void a_session_ends_at_the_reload_that_revokes_its_token_and_no_other_does() throws Exception {
        long now = System.currentTimeMillis();
        String lost = remembered(pair.token("lost", "alice", now, now + 60_000));
        String kept = remembered(pair.token("kept", "bob", now, now + 60_000));
        String old = remembered(pair.token("carol", now - 60_000, now + 60_000));
        Path revoked = folder.resolve("revoked");
        try (RawClient alice = login("alice", lost);
                RawClient bob = login("bob", kept);
                RawClient carol = login("carol", old)) {
            alice.welcome();
            bob.welcome();
            carol.welcome();
            Files.writeString(revoked, "token lost\nbefore " + Instant.ofEpochMilli(now - 30_000) + " carol\n");
            server.reload();
            assertThat(said()).contains("revoked are 1 tokens, and those of 1 users from before a time");
            for (RawClient ended : List.of(alice, carol)) {
                Frame goodbye = ended.expect(Frame.GOODBYE);
                assertThat(goodbye.code()).isEqualTo(AUTH_FAILED);
            }
            bob.sync();
            assertThat(refusal("alice", lost)).isEqualTo("the token has been revoked");
            assertThat(refusal("carol", old)).isEqualTo("the token has been revoked");

            Files.writeString(revoked, "token kept\nnonsense\n");
            server.reload();
            assertThat(said()).contains("refused, everything stays as it was", "line 2");
            bob.sync();
            assertThat(refusal("alice", lost)).isEqualTo("the token has been revoked");

            file.remove("pair");
            Files.writeString(revoked, "");
            server.reload();
            assertThat(bob.expect(Frame.GOODBYE).code()).as("its key is gone").isEqualTo(AUTH_FAILED);
        }
    }

    @Test
    void a_key_file_that_is_wrong_at_a_reload_leaves_the_keys_as_they_were() throws Exception {
        String token = token(pair, "alice", 60_000);
        Path path = folder.resolve("keys");
        for (String wrong : new String[] {
            "", "{}", "{\"keys\": []}", "{\"keys\": [{\"kty\":\"oct\",\"kid\":\"weak\",\"k\":\"c2VjcmV0\"}]}"
        }) {
            Files.writeString(path, wrong);
            said.reset();
            server.reload();
            assertThat(said()).contains("refused, everything stays as it was", path.toString());
            assertThat(said()).doesNotContain("c2VjcmV0");
            comesIn("alice", token);
        }
        Files.delete(path);
        server.reload();
        comesIn("alice", token);
    }

    @Test
    void who_fails_again_and_again_waits_longer_and_nobody_with_a_good_token_does() throws Exception {
        String good = token(secret, "alice", 60_000);
        comesIn("alice", good);
        long[] millis = new long[5];
        for (int failure = 0; failure < millis.length; failure++) {
            long before = System.nanoTime();
            refusal("alice", "forged");
            millis[failure] = (System.nanoTime() - before) / 1_000_000;
        }
        assertThat(millis[0]).isGreaterThanOrEqualTo(90);
        for (int failure = 1; failure < 4; failure++) {
            assertThat(millis[failure]).isGreaterThanOrEqualTo(90L << failure);
        }
        assertThat(millis[4]).as("no longer than a login may take").isBetween(1500L, LOGIN_SECONDS * 1000L + 1500);

        // From the same address, while others wait to hear that they failed.
        List<RawClient> waiting = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            waiting.add(login("alice", "forged"));
        }
        long before = System.nanoTime();
        comesIn("alice", good);
        assertThat((System.nanoTime() - before) / 1_000_000).isLessThan(1000);
        for (RawClient client : waiting) {
            assertThat(client.expectGoodbye()).isEqualTo(AUTH_FAILED);
            client.close();
        }
    }

    @Test
    void a_server_that_stops_does_not_wait_for_those_who_wait_to_hear_that_they_failed() throws Exception {
        for (int failure = 0; failure < 4; failure++) {
            refusal("alice", "forged");
        }
        try (RawClient last = login("alice", "forged")) {
            assertThat(last.isSilent(100)).isTrue();
            long before = System.nanoTime();
            CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> {
                try {
                    server.drain();
                } catch (Exception failure) {
                    throw new IllegalStateException(failure);
                }
            });
            assertThat(last.expectGoodbye()).isIn(AUTH_FAILED, DRAINING);
            assertThat((System.nanoTime() - before) / 1_000_000).isLessThan(1000);
            last.endOutput();
            drained.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_client_whose_token_is_renewed_in_its_file_stays() throws Exception {
        Path renewed = folder.resolve("token");
        Files.writeString(renewed, token(pair, "alice", 4000) + "\n");
        AtomicInteger connected = new AtomicInteger();
        AtomicReference<@Nullable GoodbyeCode> ended = new AtomicReference<>();
        AtomicReference<String> lost = new AtomicReference<>("");
        Listener listener = new Listener() {
            @Override
            public void onConnected(long backlog) {
                connected.incrementAndGet();
            }

            @Override
            public void onDisconnected(String why) {
                // The first time is that of the token's end in the session; from then on the login is refused.
                lost.set(connected.get() > 1 ? why : "");
            }

            @Override
            public void onEnded(@Nullable GoodbyeCode code, String why) {
                ended.set(code);
            }
        };
        ClientOptions options =
                ClientOptions.of("alice").at("127.0.0.1", server.port).withToken(TokenSource.inFile(renewed));
        try (HeddleClient alice = HeddleClient.open(options, listener)) {
            assertThat(alice.awaitConnected(Duration.ofSeconds(10))).isTrue();
            Files.writeString(renewed, token(pair, "alice", 6000) + "\n");
            await().atMost(Duration.ofSeconds(10)).until(() -> ended.get() + " " + connected.get(), "null 2"::equals);
            assertThat(alice.send("bob", new byte[1]).get(5, TimeUnit.SECONDS)).isNotNull();
            await().atMost(Duration.ofSeconds(20)).until(lost::get, why -> why.contains("the token has expired"));
            Files.writeString(renewed, token(pair, "alice", 60_000) + "\n");
            await().atMost(Duration.ofSeconds(20)).until(() -> ended.get() + " " + connected.get(), "null 3"::equals);
        }
        assertThat(options.withToken(token(pair, "bob", 2000)).toString()).doesNotContain(tokens.getLast());
    }
}
