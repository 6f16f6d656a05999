package dev.heddle.cli;

import dev.heddle.text.Printable;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** {@code heddle remove USER}: forgets somebody, with all that waits. */
@Command(
        name = "remove",
        description =
                "Forgets a user: what waits in the inbox is deleted, and a session ends. Who logs in by that name again"
                        + " is new.",
        mixinStandardHelpOptions = true)
final class RemoveCommand implements Callable<Integer> {
    @Mixin
    private DataOption folder = new DataOption();

    @Parameters(paramLabel = "USER")
    private String user = "";

    @Override
    public Integer call() throws Exception {
        byte[] answer = folder.admin().ask("POST", "/remove?user=" + AdminCall.encoded(user));
        long messages = new JsonMapper().readTree(answer).path("messages").asLong();
        System.out.println(Printable.text(user) + " is removed, and " + messages
                + (messages == 1 ? " message" : " messages") + " that waited");
        return 0;
    }
}
