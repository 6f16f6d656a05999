package dev.heddle.log;

import java.util.List;

/**
 * What is left of segments that were dropped and whose names are gone: their files, if they are still open. To close those
 * gives the disk its space back, which takes a file system about a millisecond for a megabyte. Any one thread, once, while the
 * log's goes on; nobody else has to do with these files any more.
 */
public final class Remains implements Runnable {
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
        segments.forEach(Segment::closeForced);
        gone = true;
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
