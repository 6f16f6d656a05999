package dev.heddle.presence;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.openhft.chronicle.algo.hashing.LongHashFunction;
import net.openhft.chronicle.core.Memory;
import net.openhft.chronicle.core.OS;
import net.openhft.chronicle.hash.impl.CompactOffHeapLinearHashTable;
import net.openhft.chronicle.hash.impl.HashSplitting;
import net.openhft.chronicle.hash.impl.VanillaChronicleHash;

/**
 * A Chronicle Map's entries, read where they lie; the map's only user. It takes no lock and changes nothing. Values are all of
 * one size. What is removed leaves no hole among the slots: the map moves those behind it up.
 *
 * <pre>
 *   segment (hash): | slots: key, chunk | ... | chunks: name length u8, name, value | ...
 * </pre>
 *
 * <p>A look into a map of a million users waits for memory three or four times, each time for an address that the one before
 * told. Those of several names depend on nothing of each other's, so that one wait does for many, if only the processor sees
 * them together: {@link #fetch} goes through all that are expected, once for each step of the way, and does nothing else.
 * Bounded by {@link #MOST} names.
 *
 * <p>It knows the first tier of each segment, as {@code SegmentStages} of Chronicle Map 2026.1 has it, which is all there is
 * as long as names are spread evenly. What it does not find there the map has to be asked for.
 */
final class Entries {
    /** More than a processor can have under way at once, and less than what its nearest cache holds. */
    static final int MOST = 32;

    private static final int LINE_BYTES = 64;
    private static final LongHashFunction HASH = LongHashFunction.xx_r39();
    private static final Memory MEMORY = OS.memory();
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final HashSplitting segments;
    private final CompactOffHeapLinearHashTable slots;
    private final long firstSegment;
    private final long segmentBytes;
    private final long end;
    private final long chunksFrom;
    private final long chunkBytes;

    private final long[] hashes = new long[MOST];
    private final int[] nameLengths = new int[MOST];
    private final long[] entries = new long[MOST];
    private int expected;
    /** Kept, so that no compiler finds the reading useless. */
    private int seen;

    Entries(VanillaChronicleHash<?, ?, ?, ?> map) {
        this.segments = map.hashSplitting;
        this.slots = map.hashLookup;
        this.firstSegment = map.segmentBaseAddr(0);
        this.segmentBytes = map.tierSize;
        this.end = firstSegment + map.segments() * segmentBytes;
        this.chunksFrom = map.tierHashLookupOuterSize
                + VanillaChronicleHash.TIER_COUNTERS_AREA_SIZE
                + map.tierFreeListOuterSize
                + map.tierEntrySpaceInnerOffset;
        this.chunkBytes = map.chunkSize;
    }

    /** Copies the beginning of the value for this name, a multiple of 8 bytes of it; false if it is not here, which does not mean that the map has none. */
    boolean load(byte[] name, byte[] value) {
        long hash = HASH.hashBytes(name);
        long segment = segment(hash);
        long key = key(hash);
        long at = slots.hlPos(key);
        long slot = slots.readEntry(segment, at);
        while (!slots.empty(slot)) {
            long entry = entry(segment, slot);
            if (slots.key(slot) == key && isNamed(entry, name)) {
                copy(entry + 1 + name.length, value);
                return true;
            }
            at = slots.step(at);
            slot = slots.readEntry(segment, at);
        }
        return false;
    }

    private long segment(long hash) {
        return firstSegment + segments.segmentIndex(hash) * segmentBytes;
    }

    private long key(long hash) {
        return slots.maskUnsetKey(segments.segmentHash(hash));
    }

    private long entry(long segment, long slot) {
        return segment + chunksFrom + slots.value(slot) * chunkBytes;
    }

    private static boolean isNamed(long entry, byte[] name) {
        if ((MEMORY.readByte(entry) & 0xff) != name.length) {
            return false;
        }
        long from = entry + 1;
        int i = 0;
        for (; i <= name.length - Long.BYTES; i += Long.BYTES) {
            if (MEMORY.readLong(from + i) != (long) WORD.get(name, i)) {
                return false;
            }
        }
        for (; i < name.length; i++) {
            if (MEMORY.readByte(from + i) != name[i]) {
                return false;
            }
        }
        return true;
    }

    private static void copy(long from, byte[] value) {
        for (int i = 0; i < value.length; i += Long.BYTES) {
            WORD.set(value, i, MEMORY.readLong(from + i));
        }
    }

    /** This name will be looked for; forgotten if there are too many. */
    void expect(ByteBuffer source, int start, int length) {
        if (expected < MOST) {
            hashes[expected] = HASH.hashBytes(source, start, length);
            nameLengths[expected] = length;
            expected++;
        }
    }

    /** Reads the first places where all that is expected can be, up to where their values begin; nobody is expected after this. */
    void fetch() {
        for (int i = 0; i < expected; i++) {
            long segment = segment(hashes[i]);
            entries[i] = entry(segment, slots.readEntry(segment, slots.hlPos(key(hashes[i]))));
        }
        int read = seen;
        for (int i = 0; i < expected; i++) {
            read += touch(entries[i], 1 + nameLengths[i] + Long.BYTES);
        }
        seen = read;
        expected = 0;
    }

    /** Of somebody else's entry, which may be shorter and the map's last, not more than there is. */
    private int touch(long entry, int bytes) {
        long last = Math.min(entry + bytes, end) - 1;
        int read = MEMORY.readByte(last);
        for (long at = entry; at < last; at += LINE_BYTES) {
            read += MEMORY.readByte(at);
        }
        return read;
    }
}
