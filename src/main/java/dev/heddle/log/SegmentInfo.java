package dev.heddle.log;

/**
 * One segment as it is now.
 *
 * @param base position of its first byte
 * @param bytes its length, so that {@code base + bytes} is where the next one begins
 * @param sealed nothing is ever appended to it again, and it may be dropped
 */
public record SegmentInfo(long base, long bytes, boolean sealed) {}
