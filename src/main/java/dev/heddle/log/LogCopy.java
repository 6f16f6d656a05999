package dev.heddle.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Makes a log of its own out of a {@link Snapshot}, on another disk; owned by the thread that copies, which is not the log's.
 * Memory: one buffer of {@value #CHUNK_BYTES} bytes.
 *
 * <p>Sealed segments never change, so where both disks are on one file system the copy shares them by a second name; the last
 * one is always copied. All of it is forced, and the copy's watermark says so: its recovery takes nothing that is missing or
 * altered for the torn end of a crash.
 */
public final class LogCopy {
    /** Read and written at a time. */
    static final int CHUNK_BYTES = 1 << 20;

    /** Forced at a time, so that the forces of a log on the same disk do not wait long behind it. */
    private static final int FORCE_BYTES = 16 << 20;

    /** Is told how it goes. */
    @FunctionalInterface
    public interface Progress {
        /**
         * Some more bytes of the snapshot are in the copy.
         *
         * @throws IOException to end it
         */
        void copied(long bytes) throws IOException;
    }

    private final Disk from;
    private final Snapshot snapshot;
    private final Disk to;
    private final Progress progress;
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);

    /** @param to an empty folder */
    public LogCopy(Disk from, Snapshot snapshot, Disk to, Progress progress) {
        this.from = from;
        this.snapshot = snapshot;
        this.to = to;
        this.progress = progress;
    }

    /**
     * Copies. The copy is whole and durable when this returns, and of no use if it does not.
     *
     * @throws StorageFullException if the other disk has no room
     */
    public void run() throws IOException {
        for (Snapshot.Extent extent : snapshot.extents()) {
            if (extent.sealed() && from.share(extent.fileName(), to)) {
                keep(extent);
            } else {
                copy(extent);
            }
        }
        for (String gap : snapshot.gaps()) {
            to.open(gap).close();
        }
        try (Watermark watermark = Watermark.create(to)) {
            watermark.writeDurably(snapshot.end());
        }
        to.force();
    }

    /** What is shared may be in the page cache only. */
    private void keep(Snapshot.Extent extent) throws IOException {
        try (DiskFile shared = to.openExisting(extent.fileName())) {
            if (shared.size() != extent.bytes()) {
                throw new IOException(
                        extent.fileName() + " has " + shared.size() + " bytes and should have " + extent.bytes());
            }
            shared.force();
        }
        progress.copied(extent.bytes());
    }

    private void copy(Snapshot.Extent extent) throws IOException {
        try (DiskFile source = from.openExisting(extent.fileName());
                DiskFile target = to.open(extent.fileName())) {
            long forced = 0;
            for (long at = 0; at < extent.bytes(); at += chunk.limit()) {
                chunk.clear().limit((int) Math.min(CHUNK_BYTES, extent.bytes() - at));
                if (source.readFully(chunk, at) < chunk.limit()) {
                    throw new IOException(extent.fileName() + " became shorter while it was read");
                }
                target.writeFully(chunk.flip(), at);
                if (at - forced >= FORCE_BYTES) {
                    target.force();
                    forced = at;
                }
                progress.copied(chunk.limit());
            }
            target.force();
        }
    }
}
