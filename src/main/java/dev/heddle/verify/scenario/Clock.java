package dev.heddle.verify.scenario;

import dev.heddle.verify.fault.SetClock;
import dev.heddle.verify.report.Notebook;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;

/** The server's wall clock is set ahead and back while messages wait, across restarts and on a copy. */
final class Clock implements Scenario {
    @Override
    public String name() {
        return "clock";
    }

    @Override
    public String question() {
        return "Does anything expire, get lost or go backwards when the clock of the machine is set?";
    }

    @Override
    public int seconds(Size size) {
        return size.pick(12, 15, 60);
    }

    @Override
    public void run(Bench bench, Notebook notes) throws Exception {
        notes.setUp("A library in front of the C library shifts the wall clock of the server's process. "
                + ClockCourse.RECIPIENTS
                + " people who are away have " + ClockCourse.EACH
                + " messages each, sent by the clock of an earlier month; then the "
                + "clock is set ahead and back by weeks and hours, with restarts in between, and after each time one of "
                + "them comes. In the end a copy begins in the year 2100.");
        try (SetClock clock = compile(bench)) {
            if (clock == null) {
                notes.limit(
                        "a clock that is set", "a library made by cc", "nothing", "no C compiler, or no Linux, here");
                return;
            }
            new ClockCourse(bench, notes, clock).run();
        }
    }

    private static @Nullable SetClock compile(Bench bench) throws Exception {
        try (InputStream source = Clock.class.getResourceAsStream("clock.c")) {
            if (source == null) {
                throw new IOException("clock.c is not there");
            }
            return SetClock.in(Files.createDirectories(bench.file("clock-library")), source);
        }
    }
}
