package dev.heddle.admin;

import dev.heddle.shard.InboxPicture;
import dev.heddle.wire.UserNames;
import java.util.Optional;

/** {@code /inbox?user=...}: how much waits for somebody, never what. Holds nothing. */
final class InboxPage implements Route.Handler {
    private final Inquiry inquiry;

    InboxPage(Inquiry inquiry) {
        this.inquiry = inquiry;
    }

    @Override
    public Answer answer(Request request) throws Exception {
        String name = request.parameter("user");
        byte[] user = user(name);
        Optional<InboxPicture> inbox = inquiry.askResident(
                inquiry.shardOf(user),
                shard -> Optional.ofNullable(shard.insight().inbox(user)));
        return inbox.map(Status.Inbox::of).map(Answer::json).orElseGet(() -> Answer.error(404, "nobody knows " + name));
    }

    /** The bytes of a name. */
    static byte[] user(String name) throws BadRequestException {
        try {
            return UserNames.encode(name);
        } catch (IllegalArgumentException wrong) {
            throw new BadRequestException(String.valueOf(wrong.getMessage()));
        }
    }
}
