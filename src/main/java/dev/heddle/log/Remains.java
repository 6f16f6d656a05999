package dev.heddle.log;

import java.io.IOException;
import java.util.List;

/**
 * What is left of segments that were dropped and whose names are gone: their files, if they are still open. To give the disk
 * its space back takes a file system about a millisecond for a megabyte, and it may let no force end meanwhile: so that is done
 * in steps, and a force waits for a step and not for a file. Any one thread, once, while the log's goes on; nobody else has to do
 * with these files any more.
 */
public final class Remains implements Runnable {
    static final Remains NONE = new Remains(List.of(), 1);

    private final List<Segment> segments;
    private final long bytes;
    private final int stepBytes;
    private volatile boolean gone;

    /** @param stepBytes given back at a time, above 0 */
    Remains(List<Segment> segments, int stepBytes) {
        this.segments = List.copyOf(segments);
        this.stepBytes = stepBytes;
        bytes = segments.stream()
                .mapToLong(segment -> segment.end() - segment.base())
                .sum();
    }

    @Override
    public void run() {
        try {
            segments.forEach(this::giveBack);
        } finally {
            gone = true;
        }
    }

    private void giveBack(Segment segment) {
        if (segment.isOpen()) {
            try {
                DiskFile file = segment.file();
                for (long left = file.size() - stepBytes; left > 0; left -= stepBytes) {
                    file.truncate(left);
                    file.force();
                }
            } catch (IOException whole) {
                // Then what is left goes at once.
            }
        }
        segment.closeForced();
    }

    /** Any thread: whether there is nothing to give back, or no longer. */
    boolean areGone() {
        return gone || segments.isEmpty();
    }

    /** Any thread: bytes on the disk that are yet to be given back. */
    long bytes() {
        return gone ? 0 : bytes;
    }
}
