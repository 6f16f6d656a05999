package dev.heddle.admin;

import dev.heddle.wire.GoodbyeCode;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code /kick?user=...&seconds=...}: ends somebody's session. Holds nothing.
 *
 * <p>The goodbye is OVERLOADED with the time after which to come back: what a client does then, by the protocol, is to wait and
 * to send again what it has no answer for. So nothing is lost, and nobody has to be told to try again, as after REPLACED or
 * BYE; and unlike DRAINING it says nothing of the server that is not so. It keeps nobody out: that is what keys and tokens
 * are for.
 */
final class KickPage implements Route.Handler {
    private static final int USUAL_SECONDS = 10;
    private static final int MOST_SECONDS = 3600;

    private final Inquiry inquiry;

    KickPage(Inquiry inquiry) {
        this.inquiry = inquiry;
    }

    @Override
    public Answer answer(Request request) throws Exception {
        String name = request.parameter("user");
        byte[] user = InboxPage.user(name);
        int seconds = seconds(request.parameters().get("seconds"));
        int retryMillis = (int) TimeUnit.SECONDS.toMillis(seconds);
        boolean ended = inquiry.ask(
                inquiry.shardOf(user),
                shard -> shard.end(user, GoodbyeCode.OVERLOADED, retryMillis, "ended by an operator"));
        return ended
                ? Answer.json(Map.of("user", name, "retryAfterSeconds", seconds))
                : Answer.error(404, name + " is not online");
    }

    private static int seconds(@Nullable String text) throws BadRequestException {
        if (text == null) {
            return USUAL_SECONDS;
        }
        try {
            int seconds = Integer.parseInt(text);
            if (seconds >= 0 && seconds <= MOST_SECONDS) {
                return seconds;
            }
        } catch (NumberFormatException none) {
            // Said below.
        }
        throw new BadRequestException("seconds: must be a number from 0 to " + MOST_SECONDS);
    }
}
