package dev.heddle.edge;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Connections that wait for something that all share: addresses take turns, and of one address who came first is first. One
 * thread at a time, under its owner's lock. Bounded by the connections, each of which waits in one place.
 *
 * @param <T> who waits
 */
final class FairLine<T> {
    /** In the order of their turns; none is empty. */
    private final Map<Long, ArrayDeque<T>> addresses = new LinkedHashMap<>();

    private int size;

    /** @param address as of {@link Origins#key} */
    void add(long address, T who) {
        addresses.computeIfAbsent(address, key -> new ArrayDeque<>()).addLast(who);
        size++;
    }

    int size() {
        return size;
    }

    /** Whose turn it is; null if nobody waits. */
    @Nullable
    T peek() {
        return size == 0 ? null : addresses.values().iterator().next().peekFirst();
    }

    /** Takes out whose turn it is, and the next one is of another address if there is one; null if nobody waits. */
    @Nullable
    T poll() {
        if (size == 0) {
            return null;
        }
        Iterator<Map.Entry<Long, ArrayDeque<T>>> turns = addresses.entrySet().iterator();
        Map.Entry<Long, ArrayDeque<T>> turn = turns.next();
        long address = turn.getKey();
        ArrayDeque<T> waiting = turn.getValue();
        turns.remove();
        T first = waiting.removeFirst();
        if (!waiting.isEmpty()) {
            addresses.put(address, waiting);
        }
        size--;
        return first;
    }

    /** Takes out the latest of the address that has most; null if nobody waits. */
    @Nullable
    T dropLatest() {
        long most = 0;
        ArrayDeque<T> longest = null;
        for (Map.Entry<Long, ArrayDeque<T>> each : addresses.entrySet()) {
            if (longest == null || each.getValue().size() > longest.size()) {
                most = each.getKey();
                longest = each.getValue();
            }
        }
        if (longest == null) {
            return null;
        }
        T latest = longest.removeLast();
        forgetIfEmpty(most, longest);
        return latest;
    }

    /** Takes this one out; false if it does not wait. */
    boolean remove(long address, T who) {
        ArrayDeque<T> waiting = addresses.get(address);
        if (waiting == null || !waiting.remove(who)) {
            return false;
        }
        forgetIfEmpty(address, waiting);
        return true;
    }

    private void forgetIfEmpty(long address, ArrayDeque<T> waiting) {
        size--;
        if (waiting.isEmpty()) {
            addresses.remove(address);
        }
    }
}
