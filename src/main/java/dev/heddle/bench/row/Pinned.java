package dev.heddle.bench.row;

import java.util.List;

/** Keeps this process on one processor until it is closed; needs {@code taskset}. */
final class Pinned implements AutoCloseable {
    private final String before;

    private Pinned(String before) {
        this.before = before;
    }

    /** All threads of this process, now and later, run on this processor. */
    static Pinned to(int processor) throws UnavailableException {
        String said = Tool.run("taskset", "-p", pid());
        Pinned pinned = new Pinned(said.substring(said.lastIndexOf(' ') + 1));
        Tool.run("taskset", "-a", "-c", "-p", Integer.toString(processor), pid());
        return pinned;
    }

    /** What a command is put behind, to run on this processor. */
    static List<String> command(int processor) {
        return List.of("taskset", "-c", Integer.toString(processor));
    }

    private static String pid() {
        return Long.toString(ProcessHandle.current().pid());
    }

    @Override
    public void close() throws UnavailableException {
        Tool.run("taskset", "-a", "-p", before, pid());
    }
}
