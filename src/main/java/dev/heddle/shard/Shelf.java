package dev.heddle.shard;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which of the users that are not on the heap have most in their inboxes; the shard's owner only. Bounded by {@link #MOST}.
 *
 * <p>Whoever changes an inbox has its user on the heap. So what stands here is exact as long as users are taken off when they
 * come and put on when they go. One with less that was not put on because there were {@link #MOST} with more is missing
 * later, when these have gone: only many of them do not hide behind few.
 */
final class Shelf {
    static final int MOST = 64;

    @SuppressWarnings("ArrayRecordComponent")
    private record Place(byte[] name, int messages) {}

    private final List<Place> places = new ArrayList<>();
    /** The fewest messages that anybody here has, while it is full. */
    private int least;

    /** The user is no longer on the heap. */
    void put(User user) {
        int messages = user.inbox.count;
        if (messages == 0 || (places.size() == MOST && messages <= least)) {
            return;
        }
        if (places.size() == MOST) {
            places.remove(smallest());
        }
        places.add(new Place(user.name, messages));
        least = places.get(smallest()).messages;
    }

    /** The user is on the heap again. */
    void take(User user) {
        if (user.inbox.count > 0) {
            places.removeIf(place -> place.messages == user.inbox.count && Arrays.equals(place.name, user.name));
        }
    }

    private int smallest() {
        int smallest = 0;
        for (int i = 1; i < places.size(); i++) {
            if (places.get(i).messages < places.get(smallest).messages) {
                smallest = i;
            }
        }
        return smallest;
    }

    /** Their names, in no order. */
    List<byte[]> names() {
        return places.stream().map(Place::name).toList();
    }
}
