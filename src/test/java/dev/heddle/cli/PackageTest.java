package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code bin/package} makes, unpacked into an empty folder and run by a Java that has the modules it asks for, no more. */
@Timeout(180)
class PackageTest {
    private static final Path HOME =
            Path.of(System.getProperty("heddle.home", ".")).toAbsolutePath().normalize();

    private static final Pattern READY = Pattern.compile("heddle ready on 127\\.0\\.0\\.1:(\\d+), pid (\\d+), .*");

    @TempDir
    private Path folder;

    private record Ran(int exit, String out, String err) {}

    private record Started(String port, long pid) {}

    /** Whatever runs from this test's own folder, also after a test that failed half way. */
    @AfterEach
    void endServers() throws Exception {
        for (ProcessHandle each : ProcessHandle.allProcesses().toList()) {
            if (each.info().commandLine().orElse("").contains(folder.toString())) {
                each.destroyForcibly();
                each.onExit().get(10, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void unpacked_on_a_bare_machine_it_starts_and_a_message_survives_a_kill_and_it_stops() throws Exception {
        Path java = runtime();
        Path home = unpack(pack(), "an empty folder");
        Map<String, String> bare = Map.of("PATH", "/usr/bin:/bin", "JAVA_HOME", java.toString());

        assertThat(names(home)).contains("bin", "etc", "lib", "docs", "systemd", "LICENSE", "NOTICE", "README.md");
        Started first = start(home, bare);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("data"))))
                .isEqualTo("rwx------");
        assertThat(run(bare, home, "bin/heddle", "send", "--port", first.port, "alice", "bob", "hello"))
                .returns(0, Ran::exit);
        ProcessHandle process = ProcessHandle.of(first.pid).orElseThrow();
        process.destroyForcibly();
        process.onExit().get(10, TimeUnit.SECONDS);

        Started second = start(home, bare);
        assertThat(run(bare, home, "bin/heddle", "status"))
                .returns(0, Ran::exit)
                .satisfies(ran -> assertThat(ran.out()).contains(", ready", "fullest inboxes", "bob"));
        assertThat(metrics(home)).contains("heddle_backlog_messages{shard=\"0\"} 1.0", "jvm_gc_collection_seconds");
        assertThat(run(bare, home, "bin/heddle", "listen", "--port", second.port, "--count", "1", "bob"))
                .returns(0, Ran::exit)
                .satisfies(ran -> assertThat(ran.out()).contains("alice").contains("hello"));
        assertThat(run(bare, home, "bin/stop"))
                .returns(0, Ran::exit)
                .satisfies(ran -> assertThat(ran.out())
                        .contains("= acknowledged 1 + expired 0 + stored 0")
                        .contains("heddle stopped, pid " + second.pid));
        assertThat(run(bare, home, "bin/heddle", "verify"))
                .returns(1, Ran::exit)
                .satisfies(ran -> assertThat(ran.err().lines())
                        .singleElement()
                        .asString()
                        .startsWith("heddle: the verification is no part of an installation"));
        assertThat(licences(home)).isEqualTo(libraries(home));
    }

    @Test
    void the_same_sources_make_the_same_bytes() throws Exception {
        byte[] first = Files.readAllBytes(pack());
        Ran again = run(Map.of(), HOME, "/bin/sh", "-c", "umask 077; TZ=Asia/Tokyo bin/package");
        assertThat(again.exit()).as(again.err()).isZero();
        assertThat(Files.readAllBytes(Path.of(again.out().strip()))).isEqualTo(first);
    }

    private Path pack() throws Exception {
        Ran ran = run(Map.of(), HOME, "bin/package");
        assertThat(ran.exit()).as(ran.err()).isZero();
        return Path.of(ran.out().strip());
    }

    private Path unpack(Path tar, String name) throws Exception {
        Path empty = Files.createDirectory(folder.resolve(name));
        assertThat(run(Map.of(), empty, "tar", "-xzf", tar.toString()).exit()).isZero();
        try (Stream<Path> unpacked = Files.list(empty)) {
            Path home = unpacked.toList().getFirst();
            assertThat(String.valueOf(home.getFileName()))
                    .isEqualTo(String.valueOf(tar.getFileName()).replace(".tar.gz", ""));
            return home;
        }
    }

    /** A Java with the modules that the scripts ask for. */
    private Path runtime() throws Exception {
        Path jlink = Path.of(System.getProperty("java.home"), "bin", "jlink");
        assumeTrue(Files.isExecutable(jlink), "skipped: this JDK has no jlink");
        Matcher modules = Pattern.compile("(?m)^HEDDLE_MODULES=\"(.*)\"$")
                .matcher(Files.readString(HOME.resolve("bin/lib/jdk.sh")));
        assertThat(modules.find()).isTrue();
        Path java = folder.resolve("java");
        Ran ran = run(
                Map.of(),
                folder,
                jlink.toString(),
                "--add-modules",
                modules.group(1).replace(' ', ','),
                "--exclude-files",
                "**/legal/**",
                "--output",
                java.toString());
        assertThat(ran.exit()).as(ran.out()).isZero();
        return java;
    }

    private Started start(Path home, Map<String, String> environment) throws Exception {
        Ran ran = run(environment, home, "bin/start", "--port", "0", "--set", "max.users=10000");
        assertThat(ran.exit()).as(ran.err()).isZero();
        Matcher ready = READY.matcher(ran.out().strip());
        assertThat(ready.matches()).as(ran.out()).isTrue();
        assertThat(ran.out()).contains("data " + home.resolve("data"));
        return new Started(ready.group(1), Long.parseLong(ready.group(2)));
    }

    private static String metrics(Path home) throws IOException {
        String admin = Files.readAllLines(home.resolve("data/heddle.admin")).getFirst();
        try (InputStream in = URI.create(admin).resolve("/metrics").toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<String> libraries(Path home) throws IOException {
        return names(home.resolve("lib")).stream()
                .map(jar -> jar.replaceAll("-[0-9].*", ""))
                .toList();
    }

    /** The libraries that NOTICE says an installation contains. */
    private static List<String> licences(Path home) throws IOException {
        String notice = Files.readString(home.resolve("NOTICE"));
        String installed = notice.substring(notice.indexOf("An installation"), notice.indexOf("The verification"));
        return installed
                .lines()
                .filter(line -> line.matches("\\S+ .*(Apache License 2\\.0|MIT|BSD 2-Clause|LGPL 2\\.1)"))
                .map(line -> line.replaceAll(" .*", ""))
                .sorted()
                .toList();
    }

    private static List<String> names(Path in) throws IOException {
        try (Stream<Path> files = Files.list(in)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    /** Runs a command in a folder, with nothing in its environment but this; with the tests' own where that is empty. */
    private Ran run(Map<String, String> environment, Path in, String... command) throws Exception {
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        List<String> words = new ArrayList<>(List.of(command));
        if (words.getFirst().startsWith("bin/")) {
            words.set(0, in.resolve(words.getFirst()).toString());
        }
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        if (!environment.isEmpty()) {
            builder.environment().clear();
            builder.environment().putAll(environment);
        }
        Process process = builder.start();
        try {
            assertThat(process.waitFor(150, TimeUnit.SECONDS)).as("ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Ran(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }
}
