package dev.heddle.verify.process;

/**
 * What the operating system said about a process.
 *
 * @param nanos of the monotonic clock
 * @param residentBytes -1 if unknown
 * @param files open file descriptors; -1 if unknown
 * @param threads -1 if unknown
 */
public record Sample(long nanos, long residentBytes, int files, int threads) {}
