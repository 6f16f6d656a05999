package dev.heddle.verify.process;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How this project's processes are started.
 *
 * @param home the project's folder, with {@code etc/jvm.options}
 * @param serverFirst put in front of the server's class path; empty but in tests that plant a fault
 * @param serverBefore put in front of the server's command
 * @param serverFlags the server's JVM gets, behind those of {@code etc/jvm.options}
 * @param childFirst put in front of the commands of processes that are no server
 */
public record Launch(
        Path home,
        String classPath,
        String serverFirst,
        List<String> serverBefore,
        List<String> serverFlags,
        List<String> childFirst) {
    /** With the class path that this process runs on. */
    public static Launch here(Path home, String serverFirst) {
        return of(home, System.getProperty("java.class.path"), serverFirst);
    }

    /** The server that was built in that folder. */
    public static Launch built(Path home) {
        Path target = home.resolve("target");
        return of(home, target.resolve("heddle.jar") + File.pathSeparator + target.resolve("lib") + "/*", "");
    }

    private static Launch of(Path home, String classPath, String serverFirst) {
        return new Launch(home, classPath, serverFirst, List.of(), List.of(), List.of());
    }

    /** The same, with the server's command behind another one, such as {@code taskset}. */
    public Launch serverBehind(List<String> command) {
        return new Launch(home, classPath, serverFirst, command, serverFlags, childFirst);
    }

    /** The same, with flags for the server's JVM. */
    public Launch serverWith(List<String> flags) {
        return new Launch(home, classPath, serverFirst, serverBefore, flags, childFirst);
    }

    /** The same, for processes that get what processor time the others leave, as if they had a machine of their own. */
    public Launch behindAll() {
        return new Launch(home, classPath, serverFirst, serverBefore, serverFlags, List.of("nice", "-n", "19"));
    }

    /** A JVM with the server's flags. */
    List<String> serverCommand(String heap, List<String> arguments) {
        List<String> command = new ArrayList<>(serverBefore);
        command.addAll(List.of(
                java(),
                "@" + home.resolve("etc").resolve("jvm.options"),
                "-XX:AOTCache=" + home.resolve("target").resolve("heddle.aot"),
                "-Xms" + heap,
                "-Xmx" + heap));
        command.addAll(serverFlags);
        command.addAll(List.of(
                "-cp",
                serverFirst.isEmpty() ? classPath : serverFirst + File.pathSeparator + classPath,
                "dev.heddle.cli.Main",
                "serve"));
        command.addAll(arguments);
        return command;
    }

    /** A JVM of this project that is no server. */
    List<String> childCommand(String heap, String mainClass) {
        List<String> command = new ArrayList<>(childFirst);
        command.addAll(List.of(java(), "-Xmx" + heap, "-XX:+UseParallelGC", "-cp", classPath, mainClass));
        return command;
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
