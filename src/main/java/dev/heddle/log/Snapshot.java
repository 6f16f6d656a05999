package dev.heddle.log;

import java.util.List;

/**
 * The log as it was at one moment, to be copied while it goes on (see {@link LogCopy}). Immutable; the files that it names stay
 * on the disk until {@link Log#release}.
 *
 * @param extents of the segments, oldest first; the last one's file goes on growing beyond what counts here
 * @param gaps names of the files that stand for dropped segments
 * @param end where the log ended; all before it was with the operating system
 */
public record Snapshot(List<Extent> extents, List<String> gaps, long end) {
    /**
     * What of a segment's file belongs to the snapshot.
     *
     * @param bytes from the file's beginning
     * @param sealed whether that is all of it, for ever
     */
    public record Extent(String fileName, long bytes, boolean sealed) {}

    public Snapshot {
        extents = List.copyOf(extents);
        gaps = List.copyOf(gaps);
    }

    /** Of all segments together. */
    public long bytes() {
        return extents.stream().mapToLong(Extent::bytes).sum();
    }

    /** Of the segments that are still appended to, and so cannot be shared. */
    public long unsealedBytes() {
        return extents.stream()
                .filter(extent -> !extent.sealed())
                .mapToLong(Extent::bytes)
                .sum();
    }
}
