package dev.heddle.verify;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/**
 * A server with a bug in it: a copy of the class that writes DELIVER, with a few lines more, compiled into a folder that stands
 * in front of the server's class path.
 *
 * @param finding what the report has to say about it
 * @param first lines at the head of the method that delivers what has just come
 * @param second the same, of the one that delivers from the log
 */
record PlantedBug(String name, String finding, String first, String second) {
    private static final String HEAD = "            int bodyLength) {\n";
    private static final String CLASS = "class Outlet";

    /** The bugs, each struck by one message in so many. */
    static List<PlantedBug> all(int oneIn) {
        return List.of(
                same("drops one in " + oneIn, "no message lost", "if (++planted % ONE_IN == 0) { return; }", oneIn),
                new PlantedBug(
                        "delivers twice",
                        "no message duplicated",
                        when(oneIn, "deliver(seq, id, acceptedAt, flags, sender, source, bodyStart, bodyLength);"),
                        when(
                                oneIn,
                                "deliver(seq, id, acceptedAt, flags, source, senderStart, senderLength, bodyLength);")),
                same(
                        "leaks memory",
                        "resident memory stays below the printed ceiling",
                        "java.lang.foreign.Arena.global().allocate(2048).fill((byte) 1); planted++;",
                        oneIn));
    }

    /** Messages that are read back from the log say that they were accepted then. */
    static PlantedBug wrongTimes() {
        return new PlantedBug(
                "wrong times",
                "every message says truly when it was accepted",
                "planted++;",
                "planted++; acceptedAt = System.currentTimeMillis();");
    }

    private static PlantedBug same(String name, String finding, String lines, int oneIn) {
        String text = lines.replace("ONE_IN", Integer.toString(oneIn));
        return new PlantedBug(name, finding, text, text);
    }

    private static String when(int oneIn, String call) {
        return "if (++planted % " + oneIn + " == 0) { " + call + " }";
    }

    /** Puts the class into a folder. */
    void plant(Path sources, Path folder) throws IOException {
        Path original = sources.resolve("dev/heddle/edge/Outlet.java");
        String[] parts = Files.readString(original).split(Pattern.quote(HEAD), -1);
        if (parts.length != 3 || !parts[0].contains(CLASS)) {
            throw new IllegalStateException(original + " no longer delivers where this bug is planted");
        }
        String field = parts[0].replaceFirst("(" + CLASS + "[^{]*\\{)", "$1\n    private static long planted;\n");
        Path copy = folder.resolve("Outlet.java");
        Files.writeString(copy, field + HEAD + first + "\n" + parts[1] + HEAD + second + "\n" + parts[2]);
        StringWriter said = new StringWriter();
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, Locale.ROOT, null)) {
            List<String> options = List.of(
                    "-d",
                    folder.toString(),
                    "-classpath",
                    System.getProperty("java.class.path"),
                    "-proc:none",
                    "-nowarn");
            if (!compiler.getTask(said, files, null, options, null, files.getJavaFileObjects(copy))
                    .call()) {
                throw new IllegalStateException(name + " does not compile: " + said);
            }
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
