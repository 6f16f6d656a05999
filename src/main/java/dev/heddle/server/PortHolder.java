package dev.heddle.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which Heddle server has a port, where Linux tells: of processes of the same user, or all for root. Holds nothing; any thread. */
final class PortHolder {
    private static final Path PROC = Path.of("/proc");
    private static final String PROGRAM = "dev.heddle.cli.Main";
    private static final String DATA = "--data";

    /** Fields of a line in {@code /proc/net/tcp}. */
    private static final int LOCAL = 1;

    private static final int STATE = 3;
    private static final int INODE = 9;
    private static final String LISTENS = "0A";

    private PortHolder() {}

    /** The end of a sentence that says that the port is taken: {@code ", by ..."}; empty if it cannot be told. */
    static String of(int port) {
        try {
            Set<String> sockets = new HashSet<>();
            for (String table : List.of("net/tcp", "net/tcp6")) {
                sockets.addAll(listening(PROC.resolve(table), port));
            }
            return sockets.isEmpty() ? "" : holder(sockets, port).orElse("");
        } catch (IOException | RuntimeException unseen) {
            return "";
        }
    }

    private static Set<String> listening(Path table, int port) throws IOException {
        Set<String> sockets = new HashSet<>();
        String end = String.format(":%04X", port);
        if (Files.exists(table)) {
            for (String line : Files.readAllLines(table, StandardCharsets.US_ASCII)) {
                String[] fields = line.strip().split("\\s+", -1);
                if (fields.length > INODE && fields[LOCAL].endsWith(end) && fields[STATE].equals(LISTENS)) {
                    sockets.add("socket:[" + fields[INODE] + "]");
                }
            }
        }
        return sockets;
    }

    private static Optional<String> holder(Set<String> sockets, int port) throws IOException {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                List<String> words = words(process);
                if (words.contains(PROGRAM) && hasOneOf(sockets, process)) {
                    return Optional.of(said(process, words, port));
                }
            }
        }
        return Optional.empty();
    }

    private static List<String> words(Path process) {
        try {
            return List.of(Files.readString(process.resolve("cmdline")).split("\0", -1));
        } catch (IOException gone) {
            return List.of();
        }
    }

    private static boolean hasOneOf(Set<String> sockets, Path process) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                if (sockets.contains(Files.readSymbolicLink(file).toString())) {
                    return true;
                }
            }
        } catch (IOException unseen) {
            // Another user's, or it has ended meanwhile.
        }
        return false;
    }

    private static String said(Path process, List<String> words, int port) throws IOException {
        if (process.endsWith(Long.toString(ProcessHandle.current().pid()))) {
            return ", by this server itself";
        }
        String server = "the Heddle server with pid " + process.getFileName();
        Path data = data(words);
        if (data == null) {
            return ", by " + server;
        }
        return ", by " + (isAdmin(data, port) ? "the admin port of " : "") + server + " on " + data;
    }

    private static @Nullable Path data(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            String text = word.startsWith(DATA + "=")
                    ? word.substring(DATA.length() + 1)
                    : word.equals(DATA) && i + 1 < words.size() ? words.get(i + 1) : "";
            try {
                if (text.startsWith("/")) {
                    return Path.of(text);
                }
            } catch (InvalidPathException impossible) {
                return null;
            }
        }
        return null;
    }

    private static boolean isAdmin(Path data, int port) {
        try {
            return AdminDoor.read(data.resolve(DataFolder.ADMIN)).uri().getPort() == port;
        } catch (IOException | RuntimeException unseen) {
            return false;
        }
    }
}
