package dev.heddle.shard;

/**
 * Comparison of seqs and of message ids, which are unsigned 64-bit numbers: from 2^63 on a plain comparison takes them for
 * negative. Immutable.
 */
final class Seq {
    private Seq() {}

    static boolean isAbove(long seq, long other) {
        return Long.compareUnsigned(seq, other) > 0;
    }

    static long later(long seq, long other) {
        return isAbove(seq, other) ? seq : other;
    }
}
