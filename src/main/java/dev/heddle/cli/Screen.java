package dev.heddle.cli;

import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A terminal that shows one page after the other, and gives back what was on it. One thread; however the process ends, the
 * terminal is as it was.
 */
final class Screen implements AutoCloseable {
    private static final File TERMINAL = new File("/dev/tty");
    private static final String ENTER = "\u001b[?1049h\u001b[?25l";
    private static final String LEAVE = "\u001b[?25h\u001b[?1049l";
    private static final String HOME = "\u001b[H";
    private static final String REST_OF_LINE = "\u001b[K";
    private static final String REST_OF_SCREEN = "\u001b[J";
    private static final int LOOK_MILLIS = 50;

    private final Thread mend = new Thread(Screen::leave, "heddle-screen");

    private Screen() {}

    @SuppressWarnings("SystemConsoleNull") // It is null still where the module of the console is not there.
    static boolean isThere() {
        Console console = System.console();
        return console != null && console.isTerminal() && TERMINAL.canRead();
    }

    static Screen open() throws IOException, InterruptedException {
        Screen screen = new Screen();
        Runtime.getRuntime().addShutdownHook(screen.mend);
        stty("-icanon -echo");
        System.out.print(ENTER);
        System.out.flush();
        return screen;
    }

    void show(List<String> lines) {
        StringBuilder page = new StringBuilder(HOME);
        lines.forEach(line -> page.append(line).append(REST_OF_LINE).append('\n'));
        System.out.print(page.append(REST_OF_SCREEN));
        System.out.flush();
    }

    /** Waits so long; true, and at once, if q was pressed. */
    boolean isLeft(int seconds) throws IOException, InterruptedException {
        for (long left = TimeUnit.SECONDS.toMillis(seconds); left > 0; left -= LOOK_MILLIS) {
            while (System.in.available() > 0) {
                int key = System.in.read();
                if (key == 'q' || key == 'Q') {
                    return true;
                }
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        return false;
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(mend);
        leave();
    }

    private static void leave() {
        System.out.print(LEAVE);
        System.out.flush();
        try {
            stty("icanon echo");
        } catch (IOException | InterruptedException broken) {
            // Nothing is left to be tried.
        }
    }

    private static void stty(String modes) throws IOException, InterruptedException {
        new ProcessBuilder("/bin/sh", "-c", "stty " + modes)
                .redirectInput(TERMINAL)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
