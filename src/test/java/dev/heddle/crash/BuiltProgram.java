package dev.heddle.crash;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The program as it was built, for tests that start it as its users do: from its jar and with its class cache, which makes a
 * start twice as fast. Where the jar is missing or older than the classes under test, it is run from those.
 */
public final class BuiltProgram {
    private static final Path HOME =
            Path.of(System.getProperty("heddle.home", ".")).toAbsolutePath().normalize();

    private static final Path TARGET = HOME.resolve("target");
    private static final Path JAR = TARGET.resolve("heddle.jar");
    private static final Path CACHE = TARGET.resolve("heddle.aot");

    private static final List<String> COMMAND = find();

    private BuiltProgram() {}

    /** What starts a JVM with the program's flags and these; the name of a command and its options follow. */
    public static List<String> command(String... flags) {
        List<String> command = new ArrayList<>(COMMAND.subList(0, 2));
        command.addAll(List.of(flags));
        command.addAll(COMMAND.subList(2, COMMAND.size()));
        return command;
    }

    /** The path of a file among its scripts. */
    public static String script(String name) {
        return HOME.resolve("bin").resolve(name).toString();
    }

    private static List<String> find() {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "@" + HOME.resolve("etc").resolve("jvm.options")));
        try {
            if (Files.exists(JAR) && newestClass().compareTo(Files.getLastModifiedTime(JAR)) <= 0) {
                prepare();
                // One that is not there is passed over.
                command.add("-XX:AOTCache=" + CACHE);
                command.addAll(List.of("-cp", JAR + File.pathSeparator + TARGET.resolve("lib") + "/*"));
            } else {
                command.addAll(List.of("-cp", System.getProperty("java.class.path")));
            }
        } catch (IOException failure) {
            throw new AssertionError("the program cannot be prepared", failure);
        }
        command.add("dev.heddle.cli.Main");
        return List.copyOf(command);
    }

    /**
     * Has the class cache made, unless it is there; of several that want it, one does. Nothing is built: that would be under the
     * tests.
     */
    private static void prepare() throws IOException {
        try (FileChannel turn = FileChannel.open(
                        TARGET.resolve("preparing"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var _ = turn.lock()) {
            ProcessBuilder builder = new ProcessBuilder(
                            "/bin/sh",
                            "-euc",
                            ". bin/lib/jdk.sh; . bin/lib/program.sh; jar_if_needed() { :; }; find_jdk; prepare")
                    .directory(HOME.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(TARGET.resolve("prepared").toFile());
            builder.environment().put("ROOT", HOME.toString());
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            Process process = builder.start();
            try {
                if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
                    System.out.println("BuiltProgram: no class cache, starts will be slower; target/prepared says why");
                }
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException(stopped);
        }
    }

    private static FileTime newestClass() throws IOException {
        FileTime newest = FileTime.fromMillis(0);
        try (Stream<Path> files = Files.walk(TARGET.resolve("classes"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                FileTime modified = Files.getLastModifiedTime(file);
                newest = modified.compareTo(newest) > 0 ? modified : newest;
            }
        }
        return newest;
    }
}
