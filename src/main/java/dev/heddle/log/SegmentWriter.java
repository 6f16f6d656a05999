package dev.heddle.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Owned by the log's thread: moves the append buffer into the segments' files, all of it or, as far as anyone can see,
 * nothing. What a failed attempt left behind the written part of the files the next attempt writes over, with the same bytes.
 */
final class SegmentWriter {
    private static final int PAGE_BYTES = 4096;

    private final Disk disk;
    private final long salt;
    private final AppendBuffer append;
    private final Segments segments;
    private final Spares spares;
    private final Forces forces;

    SegmentWriter(Disk disk, long salt, AppendBuffer append, Segments segments, Spares spares, Forces forces) {
        this.disk = disk;
        this.salt = salt;
        this.append = append;
        this.segments = segments;
        this.spares = spares;
        this.forces = forces;
    }

    void write() throws IOException {
        if (append.filled() == 0) {
            return;
        }
        int rollAt = append.rollAt();
        int boundary = rollAt < 0 ? append.filled() : rollAt;
        @Nullable Segment active = segments.last();
        boolean goesOn = active != null && boundary > 0;
        if (active != null && goesOn) {
            ByteBuffer bytes = rollAt < 0 ? toPage(active, 0) : append.bytes(0, boundary);
            active.file().writeFully(bytes, append.start() - active.base());
        }
        // Before there is a next one: its records begin where this file ends. That one may find no room, and this is
        // done already.
        if (active != null && rollAt >= 0 && active.cut(goesOn ? append.start() + boundary : active.end())) {
            forces.wrote(active);
        }
        @Nullable Segment next = rollAt < 0 ? null : writeNewSegment(rollAt);
        if (active != null && goesOn) {
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
        Segment next = newSegment(append.segmentBase());
        try {
            next.file().writeFully(toPage(next, rollAt), 0);
            return next;
        } catch (IOException e) {
            next.close();
            throw e;
        }
    }

    private Segment newSegment(long base) throws IOException {
        return Segment.begin(disk, spares.take(SegmentHeader.fileName(base)), base, salt, append.end());
    }

    /**
     * All from {@code from} on, and where that ends on something old, zeros up to the end of the page: so the kernel need not
     * read it first, which would make the log's thread wait for the disk.
     */
    private ByteBuffer toPage(Segment segment, int from) {
        long end = append.end();
        long toPage = -(end - segment.base()) & PAGE_BYTES - 1;
        return append.bytesAndZeros(from, (int) Math.min(toPage, segment.oldBytesFrom(end)));
    }
}
