package dev.heddle.log;

import java.io.IOException;
import java.util.List;

/**
 * What is left of segments that were dropped and whose names are gone: their files, if they are still open. To give the disk
 * its space back takes a file system about a millisecond for a megabyte, and it may let no force end meanwhile: so that is done
 * in steps, and a force waits for one of them at most. Any one thread, once, while the log's goes on; nobody else has to do with
 * these files any more.
 */
public final class Remains implements Runnable {
    /** Given back at a time. */
    private static final long STEP_BYTES = 4 << 20;

    static final Remains NONE = new Remains(List.of());

    private final List<Segment> segments;
    private final long bytes;
    private volatile boolean gone;

    Remains(List<Drop> drops) {
        segments = drops.stream().map(Drop::segment).toList();
        bytes = drops.stream().mapToLong(Drop::bytes).sum();
    }

    @Override
    public void run() {
        segments.forEach(Remains::giveBack);
        gone = true;
    }

    private static void giveBack(Segment segment) {
        if (segment.isOpen()) {
            try {
                DiskFile file = segment.file();
                for (long left = file.size() - STEP_BYTES; left > 0; left -= STEP_BYTES) {
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
