package dev.heddle.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Owned by the log's thread: the segments that can be read, by position; the last one is being appended to. Bounded by
 * what the disk holds (some 200 bytes for each segment) and by {@link #MAX_OPEN} open files beside those being forced.
 */
final class Segments {
    static final int MAX_OPEN = 64;

    private final List<Segment> ordered = new ArrayList<>();
    private long uses;
    private long bytes;

    void add(Segment segment) {
        ordered.add(segment);
        bytes += segment.end() - segment.base();
    }

    /** The segment now ends here. */
    void end(Segment segment, long position) {
        bytes += position - segment.end();
        segment.end(position);
    }

    void remove(Segment segment) {
        ordered.remove(segment);
        bytes -= segment.end() - segment.base();
    }

    List<Segment> all() {
        return ordered;
    }

    @Nullable
    Segment last() {
        return ordered.isEmpty() ? null : ordered.getLast();
    }

    /** The segment that holds this position, its file open. */
    Segment opened(long position) throws IOException {
        Segment segment = find(position);
        segment.usedAt(++uses);
        if (!segment.isOpen()) {
            segment.file();
            closeIdle();
        }
        return segment;
    }

    /** The segment that begins at this position. */
    Segment at(long base) {
        Segment segment = find(base);
        if (segment.base() != base) {
            throw new IllegalArgumentException("no segment begins at " + base);
        }
        return segment;
    }

    boolean isSealed(Segment segment) {
        return segment != last();
    }

    List<SegmentInfo> infos() {
        List<SegmentInfo> infos = new ArrayList<>(ordered.size());
        for (Segment segment : ordered) {
            infos.add(new SegmentInfo(segment.base(), segment.end() - segment.base(), isSealed(segment)));
        }
        return infos;
    }

    long bytes() {
        return bytes;
    }

    /** Closes the files that were idle longest, so that at most {@link #MAX_OPEN} stay open. */
    void closeIdle() {
        int open = 0;
        Segment idle = null;
        for (Segment segment : ordered) {
            if (segment.isOpen() && !segment.isPinned() && isSealed(segment)) {
                open++;
                if (idle == null || segment.lastUse() < idle.lastUse()) {
                    idle = segment;
                }
            }
        }
        if (open > MAX_OPEN && idle != null) {
            idle.closeForced();
        }
    }

    /** Closes every file; the first failure is thrown after all were tried. */
    void close() throws IOException {
        IOException failure = null;
        for (Segment segment : ordered) {
            try {
                segment.close();
            } catch (IOException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private Segment find(long position) {
        int low = 0;
        int high = ordered.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Segment segment = ordered.get(middle);
            if (position < segment.base()) {
                high = middle - 1;
            } else if (position >= segment.end()) {
                low = middle + 1;
            } else {
                return segment;
            }
        }
        throw new IllegalArgumentException("no segment holds position " + position);
    }
}
