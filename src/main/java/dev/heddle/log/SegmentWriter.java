package dev.heddle.log;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Owned by the log's thread: moves the append buffer into the segments' files, all of it or, as far as anyone can see,
 * nothing. What a failed attempt left behind the written part of the files the next attempt writes over, with the same bytes.
 */
final class SegmentWriter {
    private final Disk disk;
    private final long salt;
    private final AppendBuffer append;
    private final Segments segments;
    private final Forces forces;

    SegmentWriter(Disk disk, long salt, AppendBuffer append, Segments segments, Forces forces) {
        this.disk = disk;
        this.salt = salt;
        this.append = append;
        this.segments = segments;
        this.forces = forces;
    }

    void write() throws IOException {
        if (append.filled() == 0) {
            return;
        }
        int rollAt = append.rollAt();
        int boundary = rollAt < 0 ? append.filled() : rollAt;
        @Nullable Segment active = boundary == 0 ? null : segments.last();
        if (active != null) {
            active.file().writeFully(append.bytes(0, boundary), append.start() - active.base());
        }
        @Nullable Segment next = rollAt < 0 ? null : writeNewSegment(rollAt);
        if (active != null) {
            segments.end(active, append.start() + boundary);
            forces.wrote(active);
        }
        if (next != null) {
            segments.add(next);
            forces.wrote(next);
            forces.created();
            segments.closeIdle();
        }
        append.written();
    }

    /** Appends from {@code position} on, in the last segment if that ends there. */
    void continueAt(long position) {
        Segment last = segments.last();
        if (last == null || last.end() != position) {
            append.startAt(position);
        } else {
            append.startAt(position, last.base(), last.salt());
        }
    }

    private Segment writeNewSegment(int rollAt) throws IOException {
        Segment next = new Segment(disk, append.segmentBase(), salt, append.end());
        try {
            next.file().writeFully(append.bytes(rollAt, append.filled()), 0);
            return next;
        } catch (IOException e) {
            next.close();
            throw e;
        }
    }
}
