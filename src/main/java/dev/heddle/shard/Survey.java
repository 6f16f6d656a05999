package dev.heddle.shard;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Which inboxes of a shard are the fullest, and which clients are behind the most; handed from who asks to the shard's owner
 * and back with each step. Bounded by how many are asked for.
 */
public final class Survey {
    private static final Comparator<InboxPicture> BY_MESSAGES = Comparator.comparingInt(InboxPicture::messages)
            .thenComparing(InboxPicture::user, Comparator.reverseOrder());

    private final int most;
    private List<InboxPicture> fullest = List.of();
    private List<InboxPicture> slowest = List.of();
    private final PriorityQueue<InboxPicture> inboxes = new PriorityQueue<>(BY_MESSAGES);
    private final PriorityQueue<InboxPicture> clients = new PriorityQueue<>(BY_MESSAGES);
    private long messagesOut;
    private long bytesOut;

    /** How far the owner has come, and in a table of which size. */
    int place;

    int places;

    /** @param most how many to name of each */
    public Survey(int most) {
        this.most = most;
    }

    /** Inboxes with most messages, those first. */
    public List<InboxPicture> fullest() {
        return fullest;
    }

    /** Clients that are online and have most to deal with, those first. */
    public List<InboxPicture> slowest() {
        return slowest;
    }

    /** Messages that were sent to clients and not acknowledged. */
    public long messagesOut() {
        return messagesOut;
    }

    /** The log's bytes of these messages. */
    public long bytesOut() {
        return bytesOut;
    }

    // ---- the shard's owner ----

    void begin(int size) {
        place = 0;
        places = size;
        inboxes.clear();
        clients.clear();
        messagesOut = 0;
        bytesOut = 0;
    }

    void see(User user) {
        if (user.session != null) {
            messagesOut += user.session.window.messagesOut();
            bytesOut += user.session.window.bytesOut();
        }
        if (user.inbox.isEmpty()) {
            return;
        }
        boolean full = isAmong(inboxes, user);
        boolean slow = user.session != null && isAmong(clients, user);
        if (full || slow) {
            InboxPicture picture = InboxPicture.of(user, -1);
            if (full) {
                keep(inboxes, picture);
            }
            if (slow) {
                keep(clients, picture);
            }
        }
    }

    private boolean isAmong(PriorityQueue<InboxPicture> some, User user) {
        InboxPicture least = some.peek();
        return least == null || some.size() < most || user.inbox.count > least.messages();
    }

    private void keep(PriorityQueue<InboxPicture> some, InboxPicture picture) {
        some.add(picture);
        if (some.size() > most) {
            some.remove();
        }
    }

    List<InboxPicture> inboxes() {
        return sorted(inboxes);
    }

    List<InboxPicture> clients() {
        return sorted(clients);
    }

    private static List<InboxPicture> sorted(PriorityQueue<InboxPicture> some) {
        List<InboxPicture> sorted = new ArrayList<>(some);
        sorted.sort(BY_MESSAGES.reversed());
        return sorted;
    }

    void end(List<InboxPicture> inboxesNow, List<InboxPicture> clientsNow) {
        fullest = List.copyOf(inboxesNow);
        slowest = List.copyOf(clientsNow);
    }
}
