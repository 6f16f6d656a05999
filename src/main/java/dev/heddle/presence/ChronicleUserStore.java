package dev.heddle.presence;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.MapEntry;
import net.openhft.chronicle.map.VanillaChronicleMap;
import org.jspecify.annotations.Nullable;

/**
 * A {@link UserStore} in an off-heap Chronicle Map, in memory only: it is filled from the log at start, so there is nothing
 * to set up and nothing that could be half recovered. Bounded by the number of users it was created for; its memory is
 * reserved at once and touched as it fills.
 *
 * <p>Chronicle Map keeps some kilobytes of context for every thread that touches it, and looks through all of them when a
 * new thread comes. Hence the rule of {@link UserStore}: the few owner threads only, never a connection's.
 */
public final class ChronicleUserStore implements UserStore {
    /** What one user takes beside its name and its value: entry overhead, hash slot, alignment; measured, rounded up. */
    private static final int ENTRY_OVERHEAD_BYTES = 40;

    private static final int AVERAGE_NAME_BYTES = 24;
    private static final int LONGEST_NAME_BYTES = 128;

    private final VanillaChronicleMap<byte[], byte[], ?> map;
    private final long maxUsers;
    private final Entries entries;
    /** The map would count the entries of each of its segments. */
    private long users;

    private boolean closed;

    private ChronicleUserStore(VanillaChronicleMap<byte[], byte[], ?> map, long maxUsers) {
        this.map = map;
        this.maxUsers = maxUsers;
        this.entries = new Entries(map);
    }

    /**
     * Makes an empty store.
     *
     * @param maxUsers names at most, 1 to 100 million
     * @param valueBytes bytes of each value, the same for all, a multiple of 8
     */
    public static ChronicleUserStore create(String name, long maxUsers, int valueBytes) {
        return new ChronicleUserStore(map(name, maxUsers, valueBytes), maxUsers);
    }

    static VanillaChronicleMap<byte[], byte[], ?> map(String name, long maxUsers, int valueBytes) {
        byte[] sampleName = new byte[AVERAGE_NAME_BYTES];
        Arrays.fill(sampleName, (byte) 'n');
        return (VanillaChronicleMap<byte[], byte[], ?>) ChronicleMap.of(byte[].class, byte[].class)
                .name(name)
                .entries(maxUsers)
                .averageKey(sampleName)
                .constantValueSizeBySample(new byte[valueBytes])
                .maxBloatFactor(8)
                .putReturnsNull(true)
                .removeReturnsNull(true)
                // It would close itself while a drain still writes its checkpoint; the server closes it in its own
                // order.
                .skipCloseOnExitHook(true)
                .create();
    }

    /** What {@code maxUsers} can take off the heap, in bytes, when all have the longest names. */
    public static long memoryBytes(long maxUsers, int valueBytes) {
        return maxUsers * (LONGEST_NAME_BYTES + valueBytes + ENTRY_OVERHEAD_BYTES);
    }

    @Override
    public boolean load(byte[] name, byte[] value) {
        requireOpen();
        boolean found = entries.load(name, value);
        assert !found || beginsWith(map.get(name), value) : "what is read where it lies is what the map says";
        return found || loadFromMap(name, value);
    }

    private boolean loadFromMap(byte[] name, byte[] value) {
        byte[] whole = map.get(name);
        if (whole == null) {
            return false;
        }
        System.arraycopy(whole, 0, value, 0, value.length);
        return true;
    }

    private static boolean beginsWith(byte @Nullable [] whole, byte[] first) {
        return whole != null && Arrays.equals(whole, 0, first.length, first, 0, first.length);
    }

    @Override
    public void expect(ByteBuffer source, int start, int length) {
        entries.expect(source, start, length);
    }

    @Override
    public void fetch() {
        requireOpen();
        entries.fetch();
    }

    @Override
    public void add(byte[] name, byte[] value) {
        if (isFull()) {
            throw new IllegalStateException("the user store is full: " + maxUsers + " users");
        }
        map.put(name, value);
        users++;
    }

    @Override
    public void replace(byte[] name, byte[] value) {
        map.put(name, value);
    }

    @Override
    public boolean isFull() {
        return users >= maxUsers;
    }

    @Override
    public long most() {
        return maxUsers;
    }

    @Override
    public long size() {
        return users;
    }

    @Override
    public void forEach(BiConsumer<byte[], byte[]> visitor) {
        map.forEachEntry(
                entry -> visitor.accept(entry.key().get(), entry.value().get()));
    }

    @Override
    public void remove(byte[] name) {
        requireOpen();
        if (map.containsKey(name)) {
            map.remove(name);
            users--;
        }
    }

    @Override
    public void change(BiFunction<byte[], byte[], Change> visitor) {
        requireOpen();
        map.forEachEntry(entry -> change(entry, visitor));
    }

    private void change(MapEntry<byte[], byte[]> entry, BiFunction<byte[], byte[], Change> visitor) {
        byte[] value = entry.value().get();
        switch (visitor.apply(entry.key().get(), value)) {
            case NONE -> {}
            case REPLACE -> entry.doReplaceValue(entry.context().wrapValueAsData(value));
            case REMOVE -> {
                entry.doRemove();
                users--;
            }
        }
    }

    /** What the map itself would say of its memory; to read there without asking would end the process. */
    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the user store is closed");
        }
    }

    @Override
    public void close() {
        closed = true;
        map.close();
    }
}
