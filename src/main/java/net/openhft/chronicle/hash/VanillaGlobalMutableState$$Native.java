package net.openhft.chronicle.hash;

import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.values.Copyable;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * The header of a Chronicle Map, 25 bytes off the heap, by the name under which Chronicle Values looks for it before it writes
 * and compiles one itself. That would take half a second of every start, and a compiler at run time. Owned, like the map, by
 * its shard's owner.
 *
 * <pre>
 *    0 u24 bulks of extra tiers     3 u40 first free tier     8 u40 extra tiers in use
 *   13 u32 where the segments' headers begin                 17 i64 size of the data
 * </pre>
 *
 * <p>What the library would write can be seen by running the interface's own {@code main}.
 */
@NullMarked
public final class VanillaGlobalMutableState$$Native
        implements VanillaGlobalMutableState, Copyable<VanillaGlobalMutableState> {
    private static final long SIZE = 25;
    private static final int BITS_24 = (1 << 24) - 1;
    private static final long BITS_32 = (1L << 32) - 1;
    private static final long BITS_40 = (1L << 40) - 1;

    private @Nullable BytesStore<?, ?> bytes;
    private long start;

    private BytesStore<?, ?> bytes() {
        if (bytes == null) {
            throw new IllegalStateException("there is no memory behind it yet");
        }
        return bytes;
    }

    private static long inRange(long value, long most) {
        if (value < 0 || value > most) {
            throw new IllegalArgumentException(value + " is not in 0 to " + most);
        }
        return value;
    }

    @Override
    public int getAllocatedExtraTierBulks() {
        return bytes().readInt(start) & BITS_24;
    }

    @Override
    public void setAllocatedExtraTierBulks(int bulks) {
        int other = bytes().readInt(start) & ~BITS_24;
        bytes().writeInt(start, other | (int) inRange(bulks, BITS_24));
    }

    @Override
    public long getFirstFreeTierIndex() {
        return bits40(3);
    }

    @Override
    public void setFirstFreeTierIndex(long index) {
        bits40(3, index);
    }

    @Override
    public long getExtraTiersInUse() {
        return bits40(8);
    }

    @Override
    public void setExtraTiersInUse(long tiers) {
        bits40(8, tiers);
    }

    private long bits40(long at) {
        return bytes().readLong(start + at) & BITS_40;
    }

    private void bits40(long at, long value) {
        long other = bytes().readLong(start + at) & ~BITS_40;
        bytes().writeLong(start + at, other | inRange(value, BITS_40));
    }

    @Override
    public long getSegmentHeadersOffset() {
        return bytes().readInt(start + 13) & BITS_32;
    }

    @Override
    public void setSegmentHeadersOffset(long offset) {
        bytes().writeInt(start + 13, (int) inRange(offset, BITS_32));
    }

    @Override
    public long getDataStoreSize() {
        return bytes().readLong(start + 17);
    }

    @Override
    public void setDataStoreSize(long size) {
        bytes().writeLong(start + 17, inRange(size, Long.MAX_VALUE));
    }

    @Override
    public long addDataStoreSize(long addition) {
        long size = getDataStoreSize() + addition;
        setDataStoreSize(size);
        return size;
    }

    @Override
    public void copyFrom(VanillaGlobalMutableState other) {
        setAllocatedExtraTierBulks(other.getAllocatedExtraTierBulks());
        setFirstFreeTierIndex(other.getFirstFreeTierIndex());
        setExtraTiersInUse(other.getExtraTiersInUse());
        setSegmentHeadersOffset(other.getSegmentHeadersOffset());
        setDataStoreSize(other.getDataStoreSize());
    }

    @Override
    @SuppressWarnings("rawtypes")
    public void bytesStore(BytesStore store, long offset, long length) {
        if (length != SIZE || offset + length > store.capacity()) {
            throw new IllegalArgumentException(length + " bytes at " + offset + " of " + store.capacity());
        }
        bytes = store;
        start = offset;
    }

    @Override
    public @Nullable BytesStore<?, ?> bytesStore() {
        return bytes;
    }

    @Override
    public long offset() {
        return start;
    }

    @Override
    public long maxSize() {
        return SIZE;
    }
}
