package dev.heddle.shard;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * What a shard holds, counted for people.
 *
 * @param segments oldest first
 * @param users names it knows
 * @param messages that wait, in all inboxes
 * @param bytes their records
 * @param largest the inboxes with the most messages, largest first
 */
public record Census(List<SegmentUse> segments, long users, long messages, long bytes, List<InboxUse> largest) {
    /**
     * One file of the log.
     *
     * @param base position of its first byte, which is also its name
     * @param bytes on disk
     * @param liveBytes of messages in it that still wait
     * @param stateBytes of users and of the clock whose newest record is in it
     * @param lastWords messages in it that alone say how far the ids of their senders have come
     */
    public record SegmentUse(long base, long bytes, long liveBytes, long stateBytes, int lastWords) {}

    /** One inbox: how much waits in it. */
    public record InboxUse(String user, long messages, long bytes) {}

    static Census of(Users users, Accounts accounts, Map<Long, Long> segmentBytes, int most) throws IOException {
        Counter counter = new Counter(most);
        users.forEach(counter::add);
        List<SegmentUse> segments = new ArrayList<>();
        for (Accounts.Segment each : accounts.all()) {
            long bytes = segmentBytes.getOrDefault(each.base, 0L);
            segments.add(new SegmentUse(each.base, bytes, each.liveBytes, each.stateBytes, each.lastWords));
        }
        return new Census(segments, users.size(), counter.messages, counter.bytes, counter.largest());
    }

    static Map<Long, Long> sizes(Journal journal) {
        Map<Long, Long> sizes = new HashMap<>();
        journal.log().segments().forEach(segment -> sizes.put(segment.base(), segment.bytes()));
        return sizes;
    }

    private static final class Counter {
        private static final Comparator<InboxUse> BY_MESSAGES =
                Comparator.comparingLong(InboxUse::messages).thenComparing(InboxUse::user, Comparator.reverseOrder());

        private final int most;
        private final PriorityQueue<InboxUse> top = new PriorityQueue<>(BY_MESSAGES);
        long messages;
        long bytes;

        Counter(int most) {
            this.most = most;
        }

        void add(User user) {
            messages += user.inbox.count;
            bytes += user.inbox.bytes;
            if (user.inbox.count > 0) {
                top.add(new InboxUse(
                        new String(user.name, StandardCharsets.UTF_8), user.inbox.count, user.inbox.bytes));
                if (top.size() > most) {
                    top.remove();
                }
            }
        }

        List<InboxUse> largest() {
            List<InboxUse> sorted = new ArrayList<>(top);
            sorted.sort(BY_MESSAGES.reversed());
            return sorted;
        }
    }
}
