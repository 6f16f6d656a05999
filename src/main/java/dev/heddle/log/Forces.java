package dev.heddle.log;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Owned by the log's thread: what has to be forced, what is being forced, how far it got, and whether that has failed.
 * Bounded by the number of segments.
 */
final class Forces {
    /** The space of a segment is given back in so many steps. */
    private static final int STEPS = 16;

    private final Disk disk;
    private final Watermark watermark;
    private final Spares spares;
    private final int segmentBytes;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private List<Segment> unforced = new ArrayList<>();
    private List<Drop> drops = new ArrayList<>();
    private final List<Remains> remains = new ArrayList<>();
    private boolean names;
    private boolean holds;
    private long forced;
    private long watermarkForced;
    private @Nullable ForceRequest inFlight;

    Forces(Disk disk, Watermark watermark, Spares spares, long forced, int segmentBytes) {
        this.disk = disk;
        this.watermark = watermark;
        this.spares = spares;
        this.segmentBytes = segmentBytes;
        this.forced = forced;
        watermarkForced = forced;
    }

    /** Something was written to this segment. */
    void wrote(Segment segment) {
        if (unforced.isEmpty() || unforced.getLast() != segment) {
            segment.pin();
            unforced.add(segment);
        }
    }

    /** A file was created. */
    void created() {
        names = true;
    }

    void add(Drop drop) {
        drops.add(drop);
        if (holds && !drop.segment().isPinned()) {
            // It may be long until it goes, and files that are open are few.
            drop.segment().closeForced();
        }
    }

    /** From now on drops wait. */
    void hold() {
        holds = true;
    }

    /** Those that waited go with the next force. */
    void release() {
        holds = false;
    }

    boolean holds() {
        return holds;
    }

    ForceRequest begin(long written, boolean watermarkWanted) {
        if (inFlight != null) {
            throw new IllegalStateException("the request before was not handed back");
        }
        List<DiskFile> files = new ArrayList<>(unforced.size());
        for (Segment segment : unforced) {
            files.add(segment.pinnedFile());
        }
        boolean watermarkToo = watermarkWanted || written - watermarkForced >= segmentBytes;
        List<Drop> allowed = holds ? List.of() : drops;
        ForceRequest request = new ForceRequest(
                disk,
                new Dirty(unforced, files, names, forced, written),
                new Drops(allowed, spares.wanted(), Math.max(1, segmentBytes / STEPS)),
                watermark,
                watermarkToo,
                failure);
        unforced = new ArrayList<>();
        drops = holds ? drops : new ArrayList<>();
        names = false;
        inFlight = request;
        return request;
    }

    void done(ForceRequest request) {
        if (request != inFlight || !request.complete()) {
            throw new IllegalStateException("not the request that was begun last, or not completed");
        }
        inFlight = null;
        forced = request.position();
        if (request.watermarkToo()) {
            watermarkForced = forced;
        }
        request.segments().forEach(Segment::unpin);
        Remains untaken = request.takeRemains();
        if (untaken != null) {
            untaken.run();
        }
        drops.addAll(0, request.drops().undone());
        spares.add(request.drops().spares());
        remains.add(request.remains());
        remains.removeIf(Remains::areGone);
    }

    boolean isInFlight() {
        return inFlight != null;
    }

    /** Whether there are drops that need not wait. */
    boolean hasDrops() {
        return !holds && !drops.isEmpty();
    }

    long forced() {
        return forced;
    }

    long watermarkForced() {
        return watermarkForced;
    }

    /** Bytes of the segments that were dropped and still take room on the disk. */
    long droppedBytes() {
        return drops.stream().mapToLong(Drop::bytes).sum()
                + (inFlight == null ? 0 : inFlight.drops().bytes())
                + remains.stream().mapToLong(Remains::bytes).sum();
    }

    boolean hasFailed() {
        return failure.get() != null;
    }

    void check() {
        Throwable cause = failure.get();
        if (cause != null) {
            throw new LogFailedException(cause);
        }
    }
}
