package dev.heddle.log;

import com.google.errorprone.annotations.CheckReturnValue;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A segment on its way out: the steps on the disk, allowed once all that was written before is durable.
 *
 * @param segment no longer to be read
 * @param isReusable whether its file may be kept, to be written over
 * @param gapFile name that says the absence is on purpose
 * @param grownGapFile neighbouring gap that becomes {@code gapFile}, null if that is to be made anew
 * @param swallowedGapFile second neighbour, of no use any more
 */
record Drop(
        Segment segment,
        boolean isReusable,
        String gapFile,
        @Nullable String grownGapFile,
        @Nullable String swallowedGapFile) {

    /** What became of a segment's file. */
    enum Fate {
        /** The disk has no room for one more name: nothing was changed. */
        NO_ROOM,
        /** It has no name any more. If it is still open, its space is given back by whoever closes it. */
        DELETED,
        /** It is a {@link #spare}. */
        KEPT
    }

    /** What the segment takes on the disk. */
    long bytes() {
        return segment.end() - segment.base();
    }

    /**
     * The gap's name is durable before anything else is. Nothing has to be durable after that: whatever comes back after a power
     * cut lies inside a gap, and recovery deletes it.
     *
     * @param keep whether its file is to be kept, unless a backup shares it: that one's contents are not ours to change
     */
    @CheckReturnValue
    Fate run(Disk disk, boolean keep) throws IOException {
        try {
            segment.file();
            if (grownGapFile == null) {
                disk.open(gapFile).close();
            } else {
                disk.rename(grownGapFile, gapFile);
            }
        } catch (StorageFullException noRoom) {
            return Fate.NO_ROOM;
        }
        disk.force();
        boolean shared = disk.isShared(segment.fileName());
        boolean kept = keep && !shared && rename(disk);
        if (!kept) {
            disk.delete(segment.fileName());
        }
        if (shared) {
            segment.closeForced();
        }
        if (swallowedGapFile != null) {
            disk.delete(swallowedGapFile);
        }
        return kept ? Fate.KEPT : Fate.DELETED;
    }

    private boolean rename(Disk disk) throws IOException {
        try {
            disk.rename(segment.fileName(), Spares.fileName(segment.base()));
            return true;
        } catch (StorageFullException noRoom) {
            return false;
        }
    }

    /** The file that was kept. */
    Spares.Spare spare() throws IOException {
        return new Spares.Spare(Spares.fileName(segment.base()), segment.file());
    }
}
