package dev.heddle.cli;

import dev.heddle.admin.Status;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code heddle inbox USER}: how much waits for somebody; never what. */
@Command(
        name = "inbox",
        description = "Says how much waits for a user, since when, and how far the user has come; never what.",
        mixinStandardHelpOptions = true)
final class InboxCommand implements Callable<Integer> {
    @Mixin
    private DataOption folder = new DataOption();

    @Parameters(paramLabel = "USER")
    private String user = "";

    @Override
    public Integer call() throws Exception {
        long now = System.currentTimeMillis();
        Status.Inbox inbox = folder.admin().get("/inbox?user=" + AdminCall.encoded(user), Status.Inbox.class);
        StatusText.inbox(inbox, now).forEach(System.out::println);
        return 0;
    }
}
