package dev.heddle.log;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Owned by the log's thread: the gaps between the segments. Neighbours become one, so that there is at most one gap
 * before each segment.
 */
final class Gaps {
    private final TreeMap<Long, Gap> byStart = new TreeMap<>();

    void add(Gap gap) {
        byStart.put(gap.start(), gap);
    }

    /** Where the gap ends that begins here; {@code position} itself if none does. */
    long skip(long position) {
        Gap gap = byStart.get(position);
        return gap == null ? position : gap.end();
    }

    /** Where the next gap begins above this position, {@link Long#MAX_VALUE} if there is none. */
    long next(long position) {
        Long start = byStart.higherKey(position);
        return start == null ? Long.MAX_VALUE : start;
    }

    boolean hold(long position) {
        Map.Entry<Long, Gap> before = byStart.floorEntry(position);
        return before != null && before.getValue().holds(position);
    }

    List<String> fileNames() {
        return byStart.values().stream().map(Gap::fileName).toList();
    }

    /** End of the last gap, 0 if there is none. */
    long end() {
        return byStart.isEmpty() ? 0 : byStart.lastEntry().getValue().end();
    }

    /**
     * Takes {@code segment} in and returns the steps that do the same on the disk.
     *
     * @param reusable whether its file may be kept
     */
    Drop drop(Segment segment, boolean reusable) {
        Map.Entry<Long, Gap> before = byStart.lowerEntry(segment.base());
        Gap left = before != null && before.getValue().end() == segment.base() ? before.getValue() : null;
        Gap right = byStart.remove(segment.end());
        Gap whole = new Gap(left == null ? segment.base() : left.start(), right == null ? segment.end() : right.end());
        byStart.put(whole.start(), whole);
        @Nullable Gap renamed = left == null ? right : left;
        return new Drop(
                segment,
                reusable,
                whole.fileName(),
                renamed == null ? null : renamed.fileName(),
                left == null || right == null ? null : right.fileName());
    }
}
