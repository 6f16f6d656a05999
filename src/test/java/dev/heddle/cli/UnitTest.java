package dev.heddle.cli;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packed server under its unit, by a systemd in namespaces of its own, and what docs/operations.md has people type. Skipped
 * where there is no root, no systemd, or no second version of control groups.
 */
@Timeout(180)
class UnitTest {
    private static final String DATA = " --data /var/lib/heddle/data";

    @TempDir
    private Path folder;

    private @Nullable Path group;
    private @Nullable Process outside;
    private long systemd;
    private Shell shell;

    @BeforeEach
    void boot() throws Exception {
        shell = new Shell(folder, Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"));
        assumeTrue(shell.type("id -u").out().strip().equals("0"), "skipped: needs root");
        assumeTrue(Files.isExecutable(Path.of("/lib/systemd/systemd")), "skipped: there is no systemd");
        String mounted = shell.type("sed -n 's/^cgroup2 \\([^ ]*\\) .*/\\1/p' /proc/mounts | head -n 1")
                .out()
                .strip();
        assumeTrue(!mounted.isEmpty(), "skipped: no control groups of version 2");
        Path made = Path.of(mounted, "heddle-test-" + ProcessHandle.current().pid());
        assumeTrue(shell.type("mkdir " + made).exit() == 0, "skipped: no control group of its own");
        group = made;
        String packed = shell.with(Map.of("PATH", System.getenv("PATH"), "JAVA_HOME", javaHome()))
                .said("'" + Shell.HOME.resolve("bin/package") + "'");
        Path script = folder.resolve("boot");
        try (InputStream in = UnitTest.class.getResourceAsStream("boot-systemd.sh")) {
            Files.copy(Objects.requireNonNull(in), script);
        }
        Process started = new ProcessBuilder(List.of(
                        "/bin/sh",
                        script.toString(),
                        Files.createDirectory(folder.resolve("root")).toString(),
                        packed,
                        made.toString(),
                        javaHome()))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile())
                .start();
        outside = started;
        await().atMost(30, SECONDS)
                .until(() -> started.descendants().findFirst().isPresent() || !started.isAlive());
        systemd = started.descendants()
                .findFirst()
                .orElseThrow(() -> new AssertionError(boots()))
                .pid();
        await().atMost(60, SECONDS)
                .until(() -> inside("systemctl is-system-running").out().startsWith("running") || !started.isAlive());
        assertThat(started.isAlive()).as(boots()).isTrue();
    }

    private String boots() {
        try {
            return Files.readString(folder.resolve("said"));
        } catch (IOException none) {
            return "it said nothing";
        }
    }

    private static String javaHome() {
        return System.getProperty("java.home");
    }

    @AfterEach
    void end() throws Exception {
        if (outside != null) {
            // The first process of its namespace: with it go all the others.
            outside.descendants().forEach(ProcessHandle::destroyForcibly);
            outside.destroyForcibly();
            outside.waitFor();
        }
        Path made = group;
        if (made != null) {
            await().atMost(20, SECONDS)
                    .until(() -> shell.type("! grep -q populated.1 " + made + "/cgroup.events")
                                    .exit()
                            == 0);
            try (Stream<Path> groups = Files.walk(made)) {
                for (Path each : groups.filter(Files::isDirectory)
                        .sorted(Comparator.reverseOrder())
                        .toList()) {
                    Files.delete(each);
                }
            }
        }
    }

    private Shell.Ran inside(String line) throws Exception {
        Path typed = Files.writeString(folder.resolve("typed"), line + "\n");
        return shell.type("exec nsenter -t " + systemd + " -m -p -C -u -i -n env JAVA_HOME='" + javaHome()
                + "' sh -eu <'" + typed + "'");
    }

    private String said(String line) throws Exception {
        Shell.Ran ran = inside(line);
        assertThat(ran.exit()).as("%s%n%s%n%s", line, ran, boots()).isZero();
        return ran.out();
    }

    @Test
    void the_unit_starts_reloads_and_stops_and_the_commands_find_it_and_a_key_that_is_removed_lets_nobody_in()
            throws Exception {
        said("systemctl start heddle");
        awaitReady();
        said("/opt/heddle/bin/heddle send anna bob hello");
        said("echo inbox.messages=77 >>/etc/heddle/heddle.properties; systemctl reload heddle");
        assertThat(said("cat /var/lib/heddle/data/heddle.reload")).contains("changed inbox.messages=77");
        assertThat(inside("echo bogus=1 >>/etc/heddle/heddle.properties; systemctl reload heddle")
                        .exit())
                .as("a reload that is refused fails")
                .isNotZero();
        said("sed -i /bogus/d /etc/heddle/heddle.properties");

        assertThat(said("/opt/heddle/bin/heddle backup /var/lib/heddle/backups/one" + DATA))
                .contains("1 messages");
        said("kill -9 $(systemctl show -p MainPID --value heddle)");
        awaitReady();
        said("systemctl stop heddle");
        assertThat(said("systemctl show -p Result -p ExecMainStatus heddle"))
                .contains("Result=success", "ExecMainStatus=0");
        assertThat(said("/opt/heddle/bin/heddle log check /var/lib/heddle/data"))
                .contains("1 messages waiting");
        removesAKey();
    }

    private void removesAKey() throws Exception {
        String publish = "; /opt/heddle/bin/heddle keys public --keys /etc/heddle/issuer.keys >/etc/heddle/heddle.keys";
        said("/opt/heddle/bin/heddle keys new ed25519 --keys /etc/heddle/issuer.keys");
        said("/opt/heddle/bin/heddle keys new ed25519 --keys /etc/heddle/issuer.keys" + publish);
        said("echo auth=token >>/etc/heddle/heddle.properties; systemctl start heddle");
        awaitReady();
        String send = "TOKEN=$(/opt/heddle/bin/heddle token --user anna --key k1 --keys /etc/heddle/issuer.keys.old); "
                + "HEDDLE_TOKEN=$TOKEN /opt/heddle/bin/heddle send --seconds 3 anna bob hello";
        said("cp -p /etc/heddle/issuer.keys /etc/heddle/issuer.keys.old; " + send);
        said("/opt/heddle/bin/heddle keys remove k1 --keys /etc/heddle/issuer.keys" + publish
                + "; systemctl reload heddle");
        assertThat(inside(send).err()).contains("AUTH_FAILED the token is not valid");
    }

    private void awaitReady() {
        await().atMost(60, SECONDS)
                .pollInterval(Duration.ofMillis(500))
                .until(() -> inside("/opt/heddle/bin/heddle status" + DATA).exit() == 0);
    }
}
