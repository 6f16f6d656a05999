package dev.heddle.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * A process, told from a later one that was given the same id. Where there is a {@code /proc}, by the clock ticks between the
 * machine's start and its own, which no step of the clock changes, and by the machine's start; elsewhere by the time of its
 * start.
 *
 * <pre>
 *   PID STARTED BOOT       one line
 * </pre>
 */
record ProcessMark(long pid, String started) {
    private static final Path PROC = Path.of("/proc");
    private static final Path BOOT = PROC.resolve("sys/kernel/random/boot_id");

    /** Behind the name in {@code /proc/PID/stat}, counted from 0. */
    private static final int STATE = 0;

    private static final int STARTED = 19;

    /** This process. */
    static ProcessMark here() {
        ProcessHandle self = ProcessHandle.current();
        return new ProcessMark(self.pid(), startOf(self.pid()).orElse("unknown"));
    }

    /** As it stands in a file; empty: nothing that was written by {@link #text}. */
    static Optional<ProcessMark> parse(String text) {
        String[] words = text.strip().split(" ", 2);
        try {
            return words.length == 2
                    ? Optional.of(new ProcessMark(Long.parseLong(words[0]), words[1]))
                    : Optional.empty();
        } catch (NumberFormatException other) {
            return Optional.empty();
        }
    }

    /** As it is to stand in a file. */
    String text() {
        return pid + " " + started;
    }

    /** Whether it is another process than this one, and runs. One that has ended and is still to be fetched does not. */
    boolean isAliveElsewhere() {
        return pid != ProcessHandle.current().pid()
                && startOf(pid).filter(started::equals).isPresent();
    }

    private static Optional<String> startOf(long pid) {
        Path stat = PROC.resolve(Long.toString(pid)).resolve("stat");
        try {
            // A name may have anything in it.
            String text = new String(Files.readAllBytes(stat), StandardCharsets.ISO_8859_1);
            String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
            boolean ended = fields[STATE].equals("Z") || fields[STATE].equals("X");
            return ended ? Optional.empty() : Optional.of(fields[STARTED] + " " + boot());
        } catch (IOException | IndexOutOfBoundsException unseen) {
            return Files.isDirectory(PROC.resolve("self"))
                    ? Optional.empty()
                    : ProcessHandle.of(pid)
                            .flatMap(process -> process.info().startInstant())
                            .map(Instant::toString);
        }
    }

    private static String boot() {
        try {
            return Files.readString(BOOT).strip();
        } catch (IOException unseen) {
            return "unknown";
        }
    }
}
