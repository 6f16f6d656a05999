package dev.heddle.cli;

import dev.heddle.admin.Status;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code heddle top}: the same as {@code status}, over and over, until q is pressed; once where there is no terminal. */
@Command(
        name = "top",
        description = "Says what is going on in a server, over and over; q leaves.",
        mixinStandardHelpOptions = true)
final class TopCommand implements Callable<Integer> {
    @Mixin
    private DataOption folder = new DataOption();

    @Option(names = "--seconds", defaultValue = "2", description = "How often to look (${DEFAULT-VALUE}).")
    private int seconds;

    @Override
    public Integer call() throws Exception {
        AdminCall admin = folder.admin();
        if (!Screen.isThere()) {
            new StatusText(admin.get("/status", Status.class), null).lines().forEach(System.out::println);
            return 0;
        }
        try (Screen screen = Screen.open()) {
            @Nullable Status before = null;
            do {
                Status now = admin.get("/status", Status.class);
                screen.show(new StatusText(now, before).lines());
                before = now;
            } while (!screen.isLeft(Math.max(1, seconds)));
        }
        return 0;
    }
}
