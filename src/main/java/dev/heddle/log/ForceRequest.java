package dev.heddle.log;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What was written and not yet forced at one moment. Made by the log's thread, handed to another one that calls
 * {@link #run} once, handed back to {@link Log#forced}; who holds it owns it. Bounded by one request a log at a time.
 *
 * <p>The order matters: contents, then names of new files, then the watermark that vouches for them, then the drops that
 * were waiting for copies to be durable.
 */
public final class ForceRequest {
    private final Disk disk;
    private final List<Segment> segments;
    private final List<DiskFile> files;
    private final boolean names;
    private final long from;
    private final long position;
    private final Drops drops;
    private Remains remains = Remains.NONE;
    private final Watermark watermark;
    private final boolean watermarkToo;
    private final AtomicReference<@Nullable Throwable> logFailure;
    private boolean started;
    private boolean complete;
    private boolean remainsTaken;

    ForceRequest(
            Disk disk,
            Dirty dirty,
            Drops drops,
            Watermark watermark,
            boolean watermarkToo,
            AtomicReference<@Nullable Throwable> logFailure) {
        this.disk = disk;
        this.segments = dirty.segments();
        this.files = dirty.files();
        this.names = dirty.names();
        this.from = dirty.from();
        this.position = dirty.position();
        this.drops = drops;
        this.watermark = watermark;
        this.watermarkToo = watermarkToo;
        this.logFailure = logFailure;
    }

    /**
     * Forces. Takes as long as the disk takes, and may run while the log's thread goes on.
     *
     * @throws IOException if anything could not be made durable. The log then refuses all further work at once; this is
     *     not tried again, and nothing above the last forced position may be promised to anyone.
     */
    public void run() throws IOException {
        if (started) {
            throw new IllegalStateException("a request is run once");
        }
        started = true;
        try {
            forceAll();
            complete = true;
        } catch (IOException | RuntimeException e) {
            logFailure.compareAndSet(null, e);
            throw e;
        }
    }

    /** Everything before this position is durable once {@link #run} has returned. */
    public long position() {
        return position;
    }

    /** Bytes of the log that it makes durable. */
    public long bytes() {
        return position - from;
    }

    /**
     * What takes long and nobody waits for, to be run by another thread; null if there is nothing, or somebody has it. Once
     * {@link #run} has returned; what nobody took is done when this is handed back.
     */
    public @Nullable Remains takeRemains() {
        if (remainsTaken || remains.areGone()) {
            return null;
        }
        remainsTaken = true;
        return remains;
    }

    Remains remains() {
        return remains;
    }

    Drops drops() {
        return drops;
    }

    boolean complete() {
        return complete;
    }

    boolean watermarkToo() {
        return watermarkToo;
    }

    List<Segment> segments() {
        return segments;
    }

    private void forceAll() throws IOException {
        for (DiskFile file : files) {
            file.force();
        }
        if (names) {
            disk.force();
        }
        if (watermarkToo) {
            watermark.writeDurably(position);
        } else if (position > watermark.forced()) {
            watermark.write(position);
        }
        drops.run(disk);
        remains = drops.remains();
    }
}
