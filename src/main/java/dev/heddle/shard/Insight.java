package dev.heddle.shard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What operators may see of users and their inboxes, which is never what is in them; the shard's owner only. Holds nothing. */
public final class Insight {
    /** Users that one step of a survey looks at, about: less than a tenth of a millisecond. */
    private static final int STEP = 512;

    private final Users users;
    private final Journal journal;

    Insight(Users users, Journal journal) {
        this.users = users;
        this.journal = journal;
    }

    /**
     * The inbox of a user, or null if nobody knows the name. Leaves nothing behind. Touches the store: for the resident owner
     * only.
     */
    public @Nullable InboxPicture inbox(byte[] name) {
        User user = users.look(name);
        return user == null ? null : InboxPicture.of(user, oldest(user.inbox));
    }

    /** Looks at some more users; false once it has seen all that are on the heap. */
    public boolean step(Survey survey) {
        Residents residents = users.residents();
        if (survey.places != residents.places()) {
            survey.begin(residents.places());
        }
        int to = Math.min(survey.places, survey.place + STEP);
        for (int place = survey.place; place < to; place++) {
            residents.visit(place, survey::see);
        }
        survey.place = to;
        return to < survey.places;
    }

    /** Adds those who are not on the heap, and how long what is oldest has waited. For the resident owner only. */
    public void finish(Survey survey) {
        for (byte[] name : users.shelved()) {
            User user = users.look(name);
            if (user != null) {
                survey.see(user);
            }
        }
        survey.end(again(survey.inboxes()), again(survey.clients()));
    }

    private List<InboxPicture> again(List<InboxPicture> pictures) {
        List<InboxPicture> now = new ArrayList<>();
        for (InboxPicture picture : pictures) {
            InboxPicture inbox = inbox(picture.user().getBytes(StandardCharsets.UTF_8));
            if (inbox != null && inbox.messages() > 0) {
                now.add(inbox);
            }
        }
        return now;
    }

    /** A record that cannot be read is for who delivers it to complain about. */
    private long oldest(Inbox inbox) {
        if (inbox.isEmpty()) {
            return -1;
        }
        try {
            ByteBuffer record = journal.log().read(inbox.headPosition(), inbox.headLength());
            return Records.acceptedAt(record, record.position());
        } catch (IOException unreadable) {
            return -1;
        }
    }
}
