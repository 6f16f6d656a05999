package dev.heddle.log;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Owned by the log's thread: one segment's extent, and its file while that is open. Somebody who works on the file from
 * elsewhere, as a force does, holds a pin meanwhile, and the file stays open.
 */
final class Segment {
    private final Disk disk;
    private final String fileName;
    private final long base;
    private final long salt;

    private long end;
    private long fileBytes;
    private int pins;
    private long lastUse;
    private @Nullable DiskFile file;

    Segment(Disk disk, long base, long salt, long end) {
        this(disk, SegmentHeader.fileName(base), base, salt, end);
    }

    Segment(Disk disk, String fileName, long base, long salt, long end) {
        this.disk = disk;
        this.fileName = fileName;
        this.base = base;
        this.salt = salt;
        this.end = end;
    }

    /** One that is written over what lay in a file before. */
    Segment(Disk disk, Spares.Spare spare, long base, long salt, long end) {
        this(disk, spare.fileName(), base, salt, end);
        this.file = spare.file();
        this.fileBytes = spare.bytes();
    }

    String fileName() {
        return fileName;
    }

    long base() {
        return base;
    }

    long salt() {
        return salt;
    }

    long end() {
        return end;
    }

    void end(long position) {
        end = position;
    }

    /** Bytes from a position up to the end of what lay in the file before; 0 if nothing does. */
    long oldBytesFrom(long position) {
        return Math.max(0, fileBytes - (position - base));
    }

    /** Nothing is left behind the end of what lay in the file before. */
    void cut() throws IOException {
        if (oldBytesFrom(end) > 0) {
            file().truncate(end - base);
            fileBytes = 0;
        }
    }

    int mask(long position) {
        return RecordCodec.mask(position, salt);
    }

    DiskFile file() throws IOException {
        DiskFile open = file;
        if (open == null) {
            open = disk.open(fileName);
            file = open;
        }
        return open;
    }

    /** The file of a segment that is pinned, and so open. */
    DiskFile pinnedFile() {
        DiskFile open = file;
        if (open == null || pins == 0) {
            throw new IllegalStateException(fileName + " is not pinned");
        }
        return open;
    }

    boolean isOpen() {
        return file != null;
    }

    void pin() {
        pins++;
    }

    void unpin() {
        pins--;
    }

    boolean isPinned() {
        return pins > 0;
    }

    long lastUse() {
        return lastUse;
    }

    void usedAt(long stamp) {
        lastUse = stamp;
    }

    void close() throws IOException {
        DiskFile open = file;
        file = null;
        if (open != null) {
            open.close();
        }
    }

    /** Closes the file once all that was written to it is forced: a failure then loses nothing, and is no one's concern. */
    void closeForced() {
        try {
            close();
        } catch (IOException e) {
            file = null;
        }
    }

    DamagedLogException damaged(long position, String reason) {
        return new DamagedLogException(fileName, position - base, reason);
    }
}
