package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

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

/** The scripts where there is no locale, as under cron and systemd and in containers: what is typed is UTF-8 all the same. */
@Timeout(180)
class LocaleTest {
    /** The same in octal, as the shell's printf takes it. */
    private static final String JUERGEN = "\"$(printf 'j\\303\\274rgen')\"";

    private static final String GREETING = "\"$(printf 'gr\\303\\274\\303\\237e')\"";
    private static final String JUERGEN_IN_LATIN_1 = "\"$(printf 'j\\374rgen')\"";

    @TempDir
    private Path folder;

    private Shell shell;
    private String heddle;

    @BeforeEach
    void shell() {
        shell = new Shell(folder, Map.of("PATH", "/usr/bin:/bin", "LC_ALL", "C", "JAVA_HOME", javaHome()));
        heddle = "'" + Shell.HOME.resolve("bin/heddle") + "' ";
    }

    private static String javaHome() {
        return System.getProperty("java.home");
    }

    @AfterEach
    void stop() throws Exception {
        shell.type("for PID in */heddle.pid; do kill -9 $(cat \"$PID\"); done");
    }

    @Test
    void names_texts_and_folders_are_utf8_whatever_the_locale() throws Exception {
        String data = "\"$(printf 'd\\303\\244ta')\"";
        String ready =
                shell.said("'" + Shell.HOME.resolve("bin/start") + "' --port 0 --set max.users=10000 --data " + data);
        assertThat(ready).contains("/d\u00e4ta, log ");
        String port = " --port " + ready.replaceAll("^heddle ready on [^ ]*:(\\d+),(?s:.*)", "$1") + " ";

        assertThat(shell.said(heddle + "send" + port + "anna " + JUERGEN + " " + GREETING))
                .startsWith("accepted, id ");
        assertThat(shell.said(heddle + "inbox --data " + data + " " + JUERGEN))
                .startsWith("j\u00fcrgen       never logged in\nwaiting      1 messages");
        Shell bare = shell.with(Map.of());
        assertThat(bare.said(heddle + "status --json --data " + data)).contains("\"user\":\"j\u00fcrgen\"");
        assertThat(bare.said(
                        "printf 'j\\303\\274rgen: zwei\\n\\374: drei\\n/quit\\n' | " + heddle + "chat" + port + "anna"))
                .contains("(stored for j\u00fcrgen)", "(a line that is not UTF-8 is not sent)");
        assertThat(bare.said(heddle + "listen --count 2" + port + JUERGEN))
                .isEqualTo("anna: gr\u00fc\u00dfe\nanna: zwei");
        assertThat(shell.complaint(heddle + "kick --data " + data + " " + JUERGEN))
                .isEqualTo("heddle: j\u00fcrgen is not online");
        assertThat(shell.with(Map.of("HEDDLE_DATA", folder.resolve("none").toString()))
                        .type("cd " + data + "; '" + Shell.HOME.resolve("bin/stop") + "' --data .")
                        .out())
                .contains("accepted 2 ");
    }

    @Test
    void what_is_no_utf8_is_refused_in_a_line_and_goes_to_nobody() throws Exception {
        for (String words : new String[] {
            "send --port 1 anna " + JUERGEN_IN_LATIN_1 + " hello",
            "listen " + JUERGEN_IN_LATIN_1,
            "token --user " + JUERGEN_IN_LATIN_1,
            "kick " + JUERGEN_IN_LATIN_1,
            "serve --data " + JUERGEN_IN_LATIN_1
        }) {
            assertThat(shell.complaint(heddle + words)).matches("heddle: argument \\d is not UTF-8");
        }
        assertThat(shell.complaint("HEDDLE_DATA=" + JUERGEN_IN_LATIN_1 + " " + heddle + "status"))
                .isEqualTo("heddle: HEDDLE_DATA is not UTF-8");
    }

    @Test
    void tokens_of_two_names_that_differ_beyond_ascii_differ() throws Exception {
        shell.said(heddle + "keys new hs256 --keys k");
        assertThat(subject(JUERGEN)).contains("\"j\u00fcrgen\"");
        assertThat(subject("\"$(printf 'j\\303\\244rgen')\"")).contains("\"j\u00e4rgen\"");
    }

    private String subject(String user) throws Exception {
        String token = shell.said(heddle + "token --keys k --user " + user);
        return new String(Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]), StandardCharsets.UTF_8);
    }

    /** Somebody may start the program without the scripts, or have no such locale. */
    @Test
    void a_java_that_cannot_read_what_is_typed_says_so() throws Exception {
        String java = "cd '" + Shell.HOME + "'; \"$JAVA_HOME/bin/java\" -cp '" + System.getProperty("java.class.path")
                + "' dev.heddle.cli.Main ";
        assertThat(shell.complaint(java + "send anna " + JUERGEN + " hello"))
                .startsWith("heddle: argument 3 is not ASCII, and Java cannot read it in this locale (");
        assertThat(shell.said(java + "version")).startsWith("heddle ");
    }

    @Test
    void a_message_may_begin_with_the_sign_at() throws Exception {
        Files.writeString(folder.resolve("all"), "one two three four");
        assertThat(shell.type(heddle + "send --port 1 --seconds 1 anna bob @all")
                        .exit())
                .as("no connection, and no usage error")
                .isEqualTo(1);
    }
}
