package dev.heddle.log;

import com.google.errorprone.annotations.CheckReturnValue;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A segment on its way out: the steps on the disk, allowed once all that was written before is durable.
 *
 * @param segment no longer to be read
 * @param gapFile name that says the absence is on purpose
 * @param grownGapFile neighbouring gap that becomes {@code gapFile}, null if that is to be made anew
 * @param swallowedGapFile second neighbour, of no use any more
 */
record Drop(
        Segment segment,
        String gapFile,
        @Nullable String grownGapFile,
        @Nullable String swallowedGapFile) {

    /** What the segment takes on the disk. */
    long bytes() {
        return segment.end() - segment.base();
    }

    /**
     * The gap's name is durable before anything is deleted. Nothing has to be durable after that: whatever comes back
     * after a power cut lies inside a gap, and recovery deletes it. The segment's file is open afterwards, so that its space is
     * given back by whoever closes it; but not one that a backup shares.
     *
     * @return false if the disk has no room for one more name: nothing was changed
     */
    @CheckReturnValue
    boolean run(Disk disk) throws IOException {
        try {
            segment.file();
            if (grownGapFile == null) {
                disk.open(gapFile).close();
            } else {
                disk.rename(grownGapFile, gapFile);
            }
        } catch (StorageFullException noRoom) {
            return false;
        }
        disk.force();
        boolean shared = disk.isShared(segment.fileName());
        disk.delete(segment.fileName());
        if (shared) {
            segment.closeForced();
        }
        if (swallowedGapFile != null) {
            disk.delete(swallowedGapFile);
        }
        return true;
    }
}
