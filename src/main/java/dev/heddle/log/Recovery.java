package dev.heddle.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns whatever a crash left in a folder into a log. Owned by the thread that opens it.
 *
 * <ol>
 *   <li>Walk: from position 0 through segments and gaps, each beginning where the one before ends, up to the first byte
 *       that is no valid record. Here the log ends.
 *   <li>Judge: if anything says that more was forced, this is damage, and nothing is touched. The watermark says so, a
 *       gap does, the caller's checkpoint does; and so do the headers and markers behind the end that survived, because
 *       each carries the position that was forced when it was written. A segment before the last one needs no rule of
 *       its own: it may be torn as long as nothing was forced behind it.
 *   <li>Cut: later segments are deleted, this one is truncated.
 *   <li>Keep: what was not known to be forced is written once more and forced. Written, because after a failed force the
 *       page cache may hold it as clean although the disk never got it. The last segment is truncated to its length in
 *       any case, because an earlier truncation may have reached the page cache only. Then the watermark moves.
 * </ol>
 *
 * <p>A crash within cut or keep is harmless: both change nothing that the walk sees before its end, so that the next
 * attempt ends at the same position.
 */
final class Recovery {
    private final Disk disk;
    private final Scanner scanner;
    private final long from;
    private final RecordCodec codec = new RecordCodec();
    private final ByteBuffer headerBytes = ByteBuffer.allocate(SegmentHeader.BYTES);
    private final Segments segments = new Segments();

    private long end;
    private @Nullable Segment torn;

    Recovery(Disk disk, Scanner scanner, long from) {
        this.disk = disk;
        this.scanner = scanner;
        this.from = from;
    }

    Recovered run(RecordVisitor replay) throws IOException {
        Folder folder = Folder.of(disk);
        Watermark watermark = watermark(folder);
        try {
            walk(folder, replay);
            long known = Math.max(Math.max(watermark.forced(), folder.gaps().end()), from);
            judge(folder, known);
            boolean changed = cut(folder);
            keep(known);
            watermark.keep();
            if (changed || end != watermark.forced() || !watermark.isWhole()) {
                watermark.writeDurably(end);
            }
            return new Recovered(segments, folder.gaps(), watermark, end);
        } catch (IOException | RuntimeException e) {
            abandon(watermark, e);
            throw e;
        }
    }

    private Watermark watermark(Folder folder) throws IOException {
        if (folder.isNew() && !folder.hasWatermark()) {
            return Watermark.create(disk);
        }
        Watermark watermark = folder.hasWatermark() ? Watermark.open(disk) : null;
        if (watermark != null) {
            return watermark;
        }
        if (folder.isNew()) {
            return Watermark.create(disk);
        }
        throw new DamagedLogException(
                Watermark.FILE_NAME, 0, folder.hasWatermark() ? "neither slot is valid" : "the file is missing");
    }

    private void walk(Folder folder, RecordVisitor replay) throws IOException {
        long position = folder.gaps().skip(0);
        while (torn == null && folder.bases().remove(position)) {
            Segment segment = open(folder, position);
            long stop = segment == null ? -1 - position : scan(segment, replay);
            if (stop < 0) {
                position = -1 - stop;
                torn = segment == null ? headless(position) : segment;
            } else {
                position = folder.gaps().skip(stop);
            }
            if (segment != null) {
                segments.closeIdle();
            }
        }
        end = position;
    }

    /** What stands in for a segment whose header was never completely written. */
    private Segment headless(long base) throws IOException {
        SegmentHeader before = header(base);
        return new Segment(disk, base, before == null ? 0 : before.salt(), base);
    }

    /** The segment that begins here, its end being the file's; null if its header was never completely written. */
    private @Nullable Segment open(Folder folder, long base) throws IOException {
        SegmentHeader header = header(base);
        if (header == null || folder.gaps().hold(header.base())) {
            // Or the file was that of a segment that was dropped: then its own is missing.
            return null;
        }
        if (header.version() != SegmentHeader.VERSION) {
            throw new DamagedLogException(
                    SegmentHeader.fileName(base),
                    0,
                    "format " + header.version() + " is not the one this program knows, " + SegmentHeader.VERSION);
        }
        if (header.base() != base) {
            throw new DamagedLogException(
                    SegmentHeader.fileName(base), 0, "this is the segment of position " + header.base());
        }
        Segment segment = new Segment(disk, base, header.salt(), base);
        segment.end(base + segment.file().size());
        // Behind that may be what lay in the file before, if it was not cut durably.
        segment.end(Math.min(segment.end(), next(folder, base)));
        segments.add(segment);
        return segment;
    }

    private static long next(Folder folder, long base) {
        Long next = folder.bases().higher(base);
        return Math.min(next == null ? Long.MAX_VALUE : next, folder.gaps().next(base));
    }

    private @Nullable SegmentHeader header(long base) throws IOException {
        headerBytes.clear();
        try (DiskFile file = disk.openExisting(SegmentHeader.fileName(base))) {
            int got = file.readFully(headerBytes, 0);
            return got < SegmentHeader.BYTES ? null : SegmentHeader.get(headerBytes, 0, codec);
        }
    }

    private long scan(Segment segment, RecordVisitor replay) throws IOException {
        replay.segment(segment.base());
        long first = Math.max(segment.base() + SegmentHeader.BYTES, Math.min(from, segment.end()));
        return scanner.scan(segment, first, segment.end(), Long.MAX_VALUE, replay);
    }

    private void judge(Folder folder, long known) throws IOException {
        long forced = known;
        Segment here = torn;
        if (here != null) {
            long fileEnd = here.base() + here.file().size();
            forced = Math.max(
                    forced, scanner.highestMarker(here, Math.max(end, here.base() + SegmentHeader.BYTES), fileEnd));
        }
        for (long base : folder.bases()) {
            SegmentHeader header = header(base);
            if (header != null) {
                Segment later = new Segment(disk, base, header.salt(), base);
                long fileEnd = base + later.file().size();
                long marker = scanner.highestMarker(later, base + SegmentHeader.BYTES, fileEnd);
                later.close();
                forced = Math.max(forced, Math.max(header.forced(), marker));
            }
        }
        if (forced <= end) {
            return;
        }
        String but = ", but the log was forced up to position " + forced;
        Segment last = here == null ? segments.last() : here;
        if (here != null) {
            throw here.damaged(end, "no valid record" + but);
        }
        if (last != null && last.end() == end) {
            String next =
                    folder.bases().isEmpty() ? "" : ", no file " + SegmentHeader.fileName(end) + " goes on from there";
            throw last.damaged(end, "the file ends" + next + but);
        }
        throw new DamagedLogException(SegmentHeader.fileName(end), 0, "the file is missing" + but);
    }

    private boolean cut(Folder folder) throws IOException {
        if (!folder.leftovers().isEmpty()) {
            disk.force(); // the gap that makes them leftovers may be in the page cache only
        }
        for (String leftover : folder.leftovers()) {
            disk.delete(leftover);
        }
        for (long base : folder.bases().descendingSet()) {
            disk.delete(SegmentHeader.fileName(base));
        }
        Segment here = torn;
        if (here != null && end == here.base()) {
            here.close();
            disk.delete(here.fileName());
        } else if (here != null) {
            segments.end(here, end);
        }
        return here != null || !folder.bases().isEmpty() || !folder.leftovers().isEmpty();
    }

    private void keep(long known) throws IOException {
        for (Segment segment : segments.all()) {
            if (segment.end() > known || segment == segments.last()) {
                DiskFile file = segments.opened(segment.base()).file();
                file.truncate(segment.end() - segment.base());
                scanner.rewrite(segment, Math.max(segment.base(), known), segment.end());
                file.force();
            }
        }
        disk.force();
    }

    private void abandon(Watermark watermark, Exception cause) {
        for (AutoCloseable open : List.<AutoCloseable>of(watermark, segments::close)) {
            try {
                open.close();
            } catch (Exception e) {
                cause.addSuppressed(e);
            }
        }
    }
}
