package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.config.Settings;
import dev.heddle.server.Server;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and tokens as people make and use them, in this process. */
@Timeout(60)
final class TokenCommandsTest {
    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private PrintStream realOut;
    private PrintStream realErr;
    private String keys;

    @BeforeEach
    void listen() {
        keys = folder.resolve("heddle.keys").toString();
        realOut = System.out;
        realErr = System.err;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void giveBack() {
        System.setOut(realOut);
        System.setErr(realErr);
    }

    /** What the command prints; it has to exit with this status. */
    private String run(int status, String... arguments) {
        out.reset();
        err.reset();
        int exit = Main.commandLine()
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
                .execute(arguments);
        String said = (status == 0 ? out : err).toString(StandardCharsets.UTF_8).strip();
        assertThat(exit).as(said).isEqualTo(status);
        return said;
    }

    @Test
    void a_token_that_was_made_here_lets_its_user_in_from_a_file_and_nobody_else() throws Exception {
        assertThat(run(0, "keys", "new", "ed25519", "--keys", keys)).isEqualTo("key k1 (ED25519) is in " + keys);
        assertThat(run(0, "keys", "new", "hs256", "--id", "spring", "--keys", keys))
                .startsWith("key spring (HS256)");
        assertThat(run(0, "keys", "list", "--keys", keys).lines())
                .containsExactly("k1 ED25519 signs and verifies", "spring HS256 signs and verifies");
        Path token = Files.writeString(
                folder.resolve("alice.token"), run(0, "token", "--user", "alice", "--expires", "5m", "--keys", keys));
        Server server = Server.start(
                Settings.of(Map.of(
                        "port", "0",
                        "auth", "token",
                        "auth.keys", keys,
                        "max.users", "1000",
                        "data", folder.resolve("data").toString())),
                line -> {});
        try {
            String port = Integer.toString(server.address().getPort());
            String file = token.toString();
            assertThat(run(0, "send", "--port", port, "--token-file", file, "alice", "bob", "hello"))
                    .startsWith("accepted");
            String bob = run(0, "token", "--user", "bob", "--key", "k1", "--keys", keys);
            assertThat(run(0, "listen", "--port", port, "--token", bob, "--count", "1", "bob"))
                    .isEqualTo("alice: hello");
            assertThat(run(1, "send", "--port", port, "--token-file", file, "bob", "alice", "hello"))
                    .contains("the token is for another user");
            assertThat(run(1, "listen", "--port", port, "alice")).contains("this server asks for a token");
        } finally {
            server.close();
        }
    }

    @Test
    void a_token_has_an_id_that_is_said_beside_it() {
        run(0, "keys", "new", "hs256", "--keys", keys);
        String token = run(0, "token", "--user", "alice", "--id", "phone", "--keys", keys);
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("token id phone" + System.lineSeparator());
        assertThat(claims(token)).contains("\"jti\":\"phone\"");
        String first = run(0, "token", "--user", "alice", "--keys", keys);
        String id = err.toString(StandardCharsets.UTF_8).strip().substring("token id ".length());
        assertThat(id).hasSize(16);
        assertThat(claims(first)).contains("\"jti\":\"" + id + "\"");
        run(0, "token", "--user", "alice", "--keys", keys);
        assertThat(err.toString(StandardCharsets.UTF_8)).doesNotContain(id);
        assertThat(run(1, "token", "--user", "alice", "--id", "two words", "--keys", keys))
                .isEqualTo("heddle: --id: must be 1 to 64 visible ASCII characters");
    }

    private static String claims(String token) {
        return new String(Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]), StandardCharsets.UTF_8);
    }

    @Test
    void a_key_that_was_removed_makes_no_tokens() {
        run(0, "keys", "new", "hs256", "--keys", keys);
        run(0, "keys", "new", "ed25519", "--keys", keys);
        assertThat(run(0, "keys", "public", "--keys", keys)).contains("\"k2\"").doesNotContain("\"k1\"", "\"d\"");
        run(0, "keys", "remove", "k1", "--keys", keys);
        assertThat(run(1, "token", "--user", "alice", "--key", "k1", "--keys", keys))
                .isEqualTo("heddle: key file " + keys + ": there is no key k1 that can sign");
        assertThat(run(1, "keys", "remove", "k1", "--keys", keys)).endsWith("there is no key k1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0d", "30", "d", "-1d", "3651d", "1y", "1.5h", "999999999d", "9999999999s"})
    void a_lifetime_that_makes_no_sense_is_refused(String time) {
        assertThat(run(2, "token", "--user", "alice", "--keys", keys, "--expires", time))
                .contains("such as 12h or 30d");
    }

    @Test
    void what_cannot_be_is_one_line() {
        assertThat(run(1, "token", "--user", "alice", "--keys", keys))
                .isEqualTo("heddle: key file " + keys + ": there is no such file");
        run(0, "keys", "new", "hs256", "--keys", keys);
        assertThat(run(1, "token", "--user", "a\u0001", "--keys", keys)).startsWith("heddle: not a user name");
        assertThat(run(1, "send", "--token-file", folder.resolve("none").toString(), "alice", "bob", "hello"))
                .contains("the token file")
                .hasLineCount(1);
        assertThat(run(2, "send", "--token", "x", "--token-file", "y", "alice", "bob", "hello"))
                .contains("mutually exclusive");
    }
}
