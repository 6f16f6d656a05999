package dev.heddle.log;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
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

    /**
     * A new one, written over what lies in its file, if there is one.
     *
     * @param taken the file, null to open or make it by its name
     */
    static Segment begin(Disk disk, @Nullable DiskFile taken, long base, long salt, long end) throws IOException {
        Segment segment = new Segment(disk, base, salt, end);
        segment.file = taken == null ? disk.open(segment.fileName) : taken;
        segment.fileBytes = segment.file().size();
        return segment;
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

    /** Leaves nothing, from a position on, of what lay in the file before; false if there was nothing. */
    boolean cut(long position) throws IOException {
        boolean any = oldBytesFrom(position) > 0;
        if (any) {
            file().truncate(position - base);
            fileBytes = 0;
        }
        return any;
    }

    int mask(long position) {
        return RecordCodec.mask(position, salt);
    }

    DiskFile file() throws IOException {
        DiskFile open = file;
        if (open == null) {
            try {
                open = disk.openExisting(fileName);
            } catch (NoSuchFileException gone) {
                throw damaged(base, "the file is missing");
            }
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
