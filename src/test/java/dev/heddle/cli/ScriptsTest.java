package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripts of bin, run by the shell of this machine. */
class ScriptsTest {
    private static final Path BIN =
            Path.of(System.getProperty("heddle.home", ".")).toAbsolutePath().resolve("bin");

    /** What every script needs beside a JDK; no java is there. */
    private static final List<String> TOOLS = List.of("cat", "dirname", "head", "ls", "ps", "grep", "sed");

    @TempDir
    private Path folder;

    private record Ran(int exit, String out, String err) {}

    @Test
    void a_java_home_that_is_too_old_is_passed_over_for_one_that_will_do() throws Exception {
        Path old = jdk("17", "17.0.19");
        Path fits = jdk("25", "25.0.1");
        Ran ran = findJdk(old, jdk("21", "21.0.2"), fits);
        assertThat(ran).isEqualTo(new Ran(0, fits + "\n", ""));
    }

    @Test
    void a_java_home_that_will_do_is_taken_before_any_other() throws Exception {
        Path home = jdk("home", "26");
        assertThat(findJdk(home, jdk("25", "25.0.1"))).isEqualTo(new Ran(0, home + "\n", ""));
    }

    @Test
    void a_jdk_on_the_path_is_found_behind_its_links() throws Exception {
        Path fits = jdk("25", "25.0.1");
        Path link = Files.createSymbolicLink(folder.resolve("alternative"), fits.resolve("bin/java"));
        Files.createSymbolicLink(tools().resolve("java"), Path.of("..").resolve(link.getFileName()));
        assertThat(findJdk(folder.resolve("nowhere"))).isEqualTo(new Ran(0, fits + "\n", ""));
    }

    @Test
    void a_jdk_without_a_release_file_is_asked_for_its_version() throws Exception {
        Path silent = jdk("silent", "25.0.1");
        Files.delete(silent.resolve("release"));
        program(silent.resolve("bin/java"), "echo 'openjdk version \"25.0.1\" 2025-10-21' >&2");
        assertThat(findJdk(silent)).isEqualTo(new Ran(0, silent + "\n", ""));
    }

    @Test
    void a_jre_is_passed_over() throws Exception {
        Path jre = jdk("jre", "25.0.1");
        Files.delete(jre.resolve("bin/javac"));
        Path fits = jdk("jdk", "25.0.1");
        assertThat(findJdk(jre, jre, fits)).isEqualTo(new Ran(0, fits + "\n", ""));
    }

    @Test
    void a_runtime_that_lacks_a_module_is_passed_over() throws Exception {
        Path small = jdk("small", "25.0.1");
        Files.writeString(small.resolve("release"), "JAVA_VERSION=\"25.0.1\"\nMODULES=\"java.base java.management\"\n");
        Path fits = jdk("jdk", "25.0.1");
        assertThat(findJdk(small, small, fits)).isEqualTo(new Ran(0, fits + "\n", ""));
    }

    @Test
    void without_a_jdk_that_will_do_two_lines_say_what_to_install() throws Exception {
        Ran ran = findJdk(jdk("17", "17.0.19"), jdk("21", "21.0.2"));
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err().lines())
                .hasSize(2)
                .first()
                .asString()
                .isEqualTo("heddle: needs a JDK 25 or newer and found none.");
        assertThat(ran.err()).contains("Install one").contains("JAVA_HOME");
    }

    @ParameterizedTest
    @ValueSource(strings = {"start", "stop"})
    void an_unknown_option_is_answered_in_one_line(String script) throws Exception {
        assertThat(run(Map.of(), BIN.resolve(script).toString(), "--bogus"))
                .isEqualTo(new Ran(2, "", "heddle: unknown option --bogus, see bin/" + script + " --help\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"start", "stop"})
    void an_option_without_its_value_is_answered_in_one_line(String script) throws Exception {
        Ran ran = run(Map.of(), BIN.resolve(script).toString(), "--data");
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err().lines()).singleElement().asString().startsWith("heddle: --data needs a ");
    }

    @Test
    void a_heap_that_is_no_size_is_answered_in_one_line() throws Exception {
        assertThat(run(Map.of(), BIN.resolve("start").toString(), "--heap", "much"))
                .isEqualTo(new Ran(2, "", "heddle: --heap much: must be a size such as 512m\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"start", "stop"})
    void help_is_no_error(String script) throws Exception {
        Ran ran = run(Map.of(), BIN.resolve(script).toString(), "--help");
        assertThat(ran.exit()).isZero();
        assertThat(ran.out()).startsWith("usage: bin/" + script + " [");
        assertThat(ran.err()).isEmpty();
    }

    @Test
    void the_data_folder_is_what_the_environment_says_then_the_configuration_then_the_projects_own() throws Exception {
        Path config = Files.writeString(folder.resolve("config"), "port=0\n # data=/no\n  data = /srv/a b \n");
        Path silent = Files.writeString(folder.resolve("silent"), "#data=/no\n");
        String script = "set -eu; ROOT=/root; . '" + BIN.resolve("lib/config.sh") + "'; data_folder \"$HEDDLE_CONFIG\"";
        String named = config.toString();
        assertThat(run(Map.of("HEDDLE_CONFIG", named), "/bin/sh", "-c", script))
                .isEqualTo(new Ran(0, "/srv/a b\n", ""));
        assertThat(run(Map.of("HEDDLE_CONFIG", named, "HEDDLE_DATA", "/srv/c"), "/bin/sh", "-c", script))
                .isEqualTo(new Ran(0, "/srv/c\n", ""));
        assertThat(run(Map.of("HEDDLE_CONFIG", silent.toString()), "/bin/sh", "-c", script))
                .isEqualTo(new Ran(0, "/root/data\n", ""));
    }

    @Test
    void stop_says_that_no_server_runs_on_a_folder() throws Exception {
        assertThat(stop()).isEqualTo(new Ran(1, "", "no heddle runs on " + folder + "\n"));
    }

    @Test
    void stop_leaves_a_process_alone_that_was_given_the_id_of_a_server() throws Exception {
        Process other = new ProcessBuilder("sleep", "60").start();
        try {
            Files.writeString(folder.resolve("heddle.pid"), other.pid() + "\n");
            assertThat(stop()).isEqualTo(new Ran(1, "", "no heddle runs on " + folder + "\n"));
            assertThat(other.isAlive()).isTrue();
        } finally {
            other.destroyForcibly();
        }
    }

    /** Each is a path to the same folder; the server was started by yet another. */
    @Test
    void a_server_is_found_by_every_path_to_its_folder_whatever_is_in_its_name() throws Exception {
        Path odd = Files.createDirectory(folder.resolve("-a:b 'c' \"d\" %p * $x"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), odd);
        Shell shell = new Shell(odd, Map.of("PATH", "/usr/bin:/bin", "JAVA_HOME", System.getProperty("java.home")));
        String start = "'" + BIN.resolve("start") + "' --port 0 --set max.users=10000 --data ";
        shell.said("umask 777; " + start + "../link/-d");
        try {
            String heddle = "'" + BIN.resolve("heddle") + "'";
            assertThat(shell.said(heddle + " status --data=-d")).contains(", ready");
            assertThat(shell.said("cd ..; " + heddle + " reload --data " + link + "//-d/"))
                    .isEqualTo("nothing has changed");
            assertThat(shell.said(heddle + " backup --data ./-d ./-copy"))
                    .startsWith("heddle backup in " + odd.toRealPath());
        } finally {
            assertThat(shell.said("'" + BIN.resolve("stop") + "' --data " + link + "//-d/../-d/"))
                    .contains("heddle stopped, pid ");
        }
    }

    @Test
    void a_path_with_a_line_break_is_refused_in_a_line() throws Exception {
        Ran ran = run(Map.of(), BIN.resolve("start").toString(), "--data", folder + "/a\nb");
        assertThat(ran)
                .isEqualTo(new Ran(
                        2, "", "heddle: the data folder has a line break in it, which no path of Heddle may have\n"));
        Path file = folder.resolve("made");
        Shell shell = new Shell(folder, Map.of("PATH", "/usr/bin:/bin", "JAVA_HOME", System.getProperty("java.home")));
        assertThat(shell.type("'" + BIN.resolve("start") + "' --data d --port \"x'\ntouch '" + file + "\"")
                        .err())
                .contains("heddle: --port: port=x'");
        assertThat(file).as("a second line of a value is no command").doesNotExist();
    }

    @Test
    void an_installation_whose_path_java_cannot_take_says_so() throws Exception {
        Path home = Files.createDirectory(folder.resolve("a:b"));
        Shell shell = new Shell(folder, Map.of("PATH", "/usr/bin:/bin"));
        shell.said("cp -R '" + BIN + "' '" + home + "'");
        for (String script : List.of("start", "heddle")) {
            assertThat(shell.complaint("'" + home + "/bin/" + script + "' --port 0"))
                    .isEqualTo("heddle: cannot run from " + home
                            + ": Java allows no colon and no line break in the path of an installation");
        }
    }

    @Test
    void a_path_of_the_configuration_begins_at_its_folder() throws Exception {
        Path etc = Files.createDirectory(folder.resolve("etc"));
        Path config = Files.writeString(etc.resolve("config"), "\ufeffdata=d\nauth.keys = k/keys \r\n");
        String script =
                "set -eu; ROOT=/root; . '" + BIN.resolve("lib/config.sh") + "'; data_folder \"$HEDDLE_CONFIG\"; "
                        + "configured_path auth.keys \"$HEDDLE_CONFIG\" x; configured_path tls.key \"$HEDDLE_CONFIG\" tls.key";
        assertThat(run(Map.of("HEDDLE_CONFIG", config.toString()), "/bin/sh", "-c", script)
                        .out()
                        .lines())
                .containsExactly(etc + "/d", etc + "/k/keys", etc + "/tls.key");
    }

    /** What the image of docker/Dockerfile.server runs, without a home and where nothing else can be written. */
    @Test
    void the_image_has_its_server_ask_itself_whether_it_is_ready() throws Exception {
        String image = Files.readString(BIN.resolveSibling("docker/Dockerfile.server"));
        assertThat(image).contains("CMD [\"bin/heddle\", \"status\", \"--data\", \"/heddle/data\"]");
    }

    private Ran stop() throws IOException, InterruptedException {
        return run(Map.of(), BIN.resolve("stop").toString(), "--data", folder.toString());
    }

    /** Runs the finder with a JAVA_HOME, and with these folders in place of those where systems keep their JDKs. */
    private Ran findJdk(Path javaHome, Path... folders) throws IOException, InterruptedException {
        String candidates =
                String.join(" ", List.of(folders).stream().map(Path::toString).toList());
        Map<String, String> environment = Map.of(
                "PATH", tools().toString(),
                "JAVA_HOME", javaHome.toString(),
                "HEDDLE_JDK_FOLDERS",
                        candidates.isEmpty() ? folder.resolve("none").toString() : candidates);
        String script = "set -eu; . '" + BIN.resolve("lib/jdk.sh") + "'; find_jdk; echo \"$JAVA_HOME\"";
        return run(environment, "/bin/sh", "-c", script);
    }

    private Ran run(Map<String, String> environment, String... command) throws IOException, InterruptedException {
        Path out = folder.resolve("stdout");
        Path err = folder.resolve("stderr");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Ran(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    /** A folder with links to the tools of the system, for a PATH without its java. */
    private Path tools() throws IOException {
        Path tools = folder.resolve("tools");
        if (Files.isDirectory(tools)) {
            return tools;
        }
        Files.createDirectory(tools);
        for (String tool : TOOLS) {
            Path usual = Path.of("/usr/bin", tool);
            Files.createSymbolicLink(tools.resolve(tool), Files.exists(usual) ? usual : Path.of("/bin", tool));
        }
        return tools;
    }

    private Path jdk(String name, String version) throws IOException {
        Path home = folder.resolve(name);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(
                home.resolve("release"), "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"" + version + "\"\nMODULES=\"\"\n");
        program(home.resolve("bin/java"), "exit 1");
        program(home.resolve("bin/javac"), "exit 1");
        return home.toRealPath();
    }

    private static void program(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }
}
