package dev.heddle.bench.row;

/** How many connections there are, where there are to be many: within 20,000 open files a process, which is a usual limit. */
final class Connections {
    private Connections() {}

    static int idle(Effort effort) {
        return effort.pick(100, 15_000, 15_000);
    }
}
