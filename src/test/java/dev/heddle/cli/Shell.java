package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Commands as they are typed into the shell of this machine, with nothing in their environment but what is given. What is not
 * ASCII is written as {@code $(printf '\303\274')}: the locale of the tests decides how Java would hand it on.
 */
final class Shell {
    static final Path HOME =
            Path.of(System.getProperty("heddle.home", ".")).toAbsolutePath().normalize();

    private final Path folder;
    private final Map<String, String> environment;

    record Ran(int exit, String out, String err) {}

    /** @param folder where the commands are typed, and what they say is kept */
    Shell(Path folder, Map<String, String> environment) {
        this.folder = folder;
        this.environment = environment;
    }

    /** The same with another environment. */
    Shell with(Map<String, String> others) {
        return new Shell(folder, others);
    }

    Ran type(String line) throws IOException, InterruptedException {
        Path out = Files.createTempFile("heddle-out", "");
        Path err = Files.createTempFile("heddle-err", "");
        try {
            ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", line)
                    .directory(folder.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().clear();
            builder.environment().putAll(environment);
            Process process = builder.start();
            try {
                assertThat(process.waitFor(90, TimeUnit.SECONDS)).as(line).isTrue();
            } finally {
                process.destroyForcibly();
            }
            return new Ran(
                    process.exitValue(),
                    Files.readString(out, StandardCharsets.UTF_8),
                    Files.readString(err, StandardCharsets.UTF_8));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** What it prints, if all goes well. */
    String said(String line) throws IOException, InterruptedException {
        Ran ran = type(line);
        assertThat(ran.exit()).as(line + "\n" + ran).isZero();
        return ran.out().stripTrailing();
    }

    /** The one line in which it fails. */
    String complaint(String line) throws IOException, InterruptedException {
        Ran ran = type(line);
        assertThat(ran.exit()).as(line + "\n" + ran).isNotZero();
        assertThat(ran.err().lines()).as(line + "\n" + ran).hasSize(1);
        return ran.err().stripTrailing();
    }
}
