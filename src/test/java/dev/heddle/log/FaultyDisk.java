package dev.heddle.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A folder in memory that knows what a disk would really hold. One thread. A power cut keeps any subset of the 512-byte
 * sectors, sizes and names that were not forced; a kill keeps the page cache; a failed force leaves pages that look
 * clean and are not on the disk. Everything random comes from the generator it is given.
 */
public final class FaultyDisk implements Disk {
    private static final int SECTOR = 512;

    private final RandomGenerator random;
    private final Map<String, Inode> names = new TreeMap<>();
    private final Map<String, Inode> durableNames = new TreeMap<>();
    private final List<NameChange> unforcedNames = new ArrayList<>();

    private long room = Long.MAX_VALUE;
    private boolean refusesNames;
    private long capacity = Long.MAX_VALUE;
    private int operationsLeft = Integer.MAX_VALUE;
    private int epoch;
    private boolean shortTransfers;
    private boolean failNextForce;

    public FaultyDisk(RandomGenerator random) {
        this.random = random;
    }

    /** The machine is gone: every operation fails until {@link FaultyDisk#kill} or {@link FaultyDisk#powerCut}. */
    public static final class CrashException extends IOException {
        private static final long serialVersionUID = 1L;

        CrashException() {
            super("crash");
        }
    }

    private record NameChange(
            @Nullable String removed, @Nullable String added, Inode inode) {}

    /** Reads and writes move a random part of what was asked. */
    public void shortTransfers(boolean on) {
        shortTransfers = on;
    }

    /** Files may grow by this many bytes in total from now on; then the disk is full. */
    public void roomFor(long bytes) {
        room = bytes;
    }

    /** All files together take this many bytes and no more, whatever dies; what is deleted makes room. */
    public void capacity(long bytes) {
        capacity = bytes;
    }

    /** Until the process ends there is no room for a further name. */
    public void refuseNames(boolean refuses) {
        refusesNames = refuses;
    }

    /** Bytes of all files. */
    public long used() {
        long used = 0;
        for (Inode inode : names.values()) {
            used += inode.size;
        }
        return used;
    }

    /** The next force of a file fails, and what it should have made durable stays in the cache as if it were. */
    public void failNextForce() {
        failNextForce = true;
    }

    /** The process or machine dies at the operation after this many that change something. */
    public void crashAfter(int operations) {
        operationsLeft = operations;
    }

    public boolean hasCrashed() {
        return operationsLeft < 0;
    }

    /** The process ends; what it wrote is in the page cache. Handles are void. */
    public void kill() {
        epoch++;
        operationsLeft = Integer.MAX_VALUE;
        failNextForce = false;
        room = Long.MAX_VALUE;
        refusesNames = false;
    }

    /** The machine loses power and comes back. Handles are void. */
    public void powerCut() {
        double kept = new double[] {0, 0.1, 0.5, 0.9, 1}[random.nextInt(5)];
        for (NameChange change : unforcedNames) {
            if (random.nextDouble() < kept) {
                apply(change, durableNames);
            }
        }
        unforcedNames.clear();
        names.clear();
        names.putAll(durableNames);
        for (Inode inode : names.values()) {
            inode.powerCut(kept);
        }
        kill();
    }

    /** Turns over one bit, in the cache and on the disk. */
    public void flip(String name, int bit) {
        Inode inode = inode(name);
        inode.live[bit / 8] ^= (byte) (1 << bit % 8);
        inode.durable[bit / 8] ^= (byte) (1 << bit % 8);
    }

    /** What a process would read from a file now. */
    public byte[] contents(String name) {
        Inode inode = inode(name);
        return Arrays.copyOf(inode.live, inode.size);
    }

    /** Makes a file hold these bytes, durably. */
    public void replace(String name, byte[] contents) {
        Inode inode = new Inode();
        inode.grow(contents.length);
        System.arraycopy(contents, 0, inode.live, 0, contents.length);
        System.arraycopy(contents, 0, inode.durable, 0, contents.length);
        inode.size = contents.length;
        inode.durableSize = contents.length;
        names.put(name, inode);
        durableNames.put(name, inode);
    }

    /** An independent disk that durably holds what a process would find on this one now. */
    public FaultyDisk copy() {
        FaultyDisk copy = new FaultyDisk(random);
        names.forEach((name, inode) -> copy.replace(name, Arrays.copyOf(inode.live, inode.size)));
        return copy;
    }

    /** All files and their contents, to be compared. */
    public Map<String, String> snapshot() {
        Map<String, String> all = new LinkedHashMap<>();
        names.forEach((name, inode) ->
                all.put(name, inode.size + ":" + Arrays.hashCode(Arrays.copyOf(inode.live, inode.size))));
        return all;
    }

    @Override
    public List<String> list() throws IOException {
        alive();
        return new ArrayList<>(names.keySet());
    }

    @Override
    public DiskFile open(String name) throws IOException {
        alive();
        Inode inode = names.get(name);
        if (inode == null) {
            if (refusesNames) {
                throw new StorageFullException("no room for " + name);
            }
            step();
            inode = new Inode();
            change(new NameChange(null, name, inode));
        }
        return new Handle(inode, epoch);
    }

    @Override
    public void delete(String name) throws IOException {
        step();
        Inode inode = names.get(name);
        if (inode != null) {
            change(new NameChange(name, null, inode));
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        if (refusesNames) {
            throw new StorageFullException("no room for " + to);
        }
        step();
        change(new NameChange(from, to, inode(from)));
    }

    @Override
    public void force() throws IOException {
        step();
        unforcedNames.forEach(change -> apply(change, durableNames));
        unforcedNames.clear();
    }

    private void change(NameChange change) {
        apply(change, names);
        unforcedNames.add(change);
    }

    private static void apply(NameChange change, Map<String, Inode> to) {
        if (change.removed() != null) {
            to.remove(change.removed());
        }
        if (change.added() != null) {
            to.put(change.added(), change.inode());
        }
    }

    private Inode inode(String name) {
        Inode inode = names.get(name);
        if (inode == null) {
            throw new IllegalArgumentException("no file " + name);
        }
        return inode;
    }

    private void alive() throws IOException {
        if (operationsLeft < 0) {
            throw new CrashException();
        }
    }

    private void step() throws IOException {
        alive();
        if (operationsLeft != Integer.MAX_VALUE && --operationsLeft < 0) {
            throw new CrashException();
        }
    }

    /** A file's bytes in the cache and on the disk. */
    private final class Inode {
        private final BitSet dirty = new BitSet();
        private byte[] live = new byte[SECTOR];
        private byte[] durable = new byte[SECTOR];
        private int size;
        private int durableSize;
        private boolean sizeDirty;

        void grow(int bytes) {
            if (bytes > live.length) {
                int capacity = (Math.max(bytes, live.length * 2) + SECTOR - 1) / SECTOR * SECTOR;
                live = Arrays.copyOf(live, capacity);
                durable = Arrays.copyOf(durable, capacity);
            }
        }

        void write(ByteBuffer source, int at, int count) {
            grow(at + count);
            source.get(live, at, count);
            dirty.set(at / SECTOR, (at + count - 1) / SECTOR + 1);
            size = Math.max(size, at + count);
            sizeDirty |= size != durableSize;
        }

        void truncate(int bytes) {
            if (bytes < size) {
                Arrays.fill(live, bytes, size, (byte) 0);
                dirty.set(bytes / SECTOR, (size - 1) / SECTOR + 1);
                size = bytes;
            }
            sizeDirty |= size != durableSize;
        }

        void force() {
            dirty.stream().forEach(this::keep);
            durableSize = sizeDirty ? size : durableSize;
            cleaned();
        }

        void cleaned() {
            dirty.clear();
            sizeDirty = false;
        }

        void powerCut(double kept) {
            dirty.stream().filter(_ -> random.nextDouble() < kept).forEach(this::keep);
            if (sizeDirty && random.nextDouble() < kept) {
                durableSize = size > durableSize && random.nextBoolean() ? random.nextInt(durableSize, size + 1) : size;
            }
            Arrays.fill(durable, durableSize, durable.length, (byte) 0);
            live = durable.clone();
            size = durableSize;
            cleaned();
        }

        private void keep(int sector) {
            System.arraycopy(live, sector * SECTOR, durable, sector * SECTOR, SECTOR);
        }
    }

    private final class Handle implements DiskFile {
        private final Inode inode;
        private final int openedIn;
        private boolean closed;

        Handle(Inode inode, int openedIn) {
            this.inode = inode;
            this.openedIn = openedIn;
        }

        @Override
        public int write(ByteBuffer source, long at) throws IOException {
            usable();
            step();
            int count = transfer(source.remaining());
            long growth = Math.max(0, at + count - inode.size);
            long left = capacity == Long.MAX_VALUE ? room : Math.min(room, Math.max(0, capacity - used()));
            if (growth > left) {
                count -= (int) (growth - left);
                growth = left;
            }
            if (count <= 0) {
                throw new StorageFullException("no room");
            }
            if (room != Long.MAX_VALUE) {
                room -= growth;
            }
            inode.write(source, Math.toIntExact(at), count);
            return count;
        }

        @Override
        public int read(ByteBuffer target, long at) throws IOException {
            usable();
            alive();
            if (at >= inode.size) {
                return -1;
            }
            int count = transfer(Math.min(target.remaining(), inode.size - (int) at));
            target.put(inode.live, (int) at, count);
            return count;
        }

        @Override
        public void force() throws IOException {
            usable();
            step();
            if (failNextForce) {
                failNextForce = false;
                inode.cleaned();
                throw new IOException("input/output error");
            }
            inode.force();
        }

        @Override
        public long size() throws IOException {
            usable();
            alive();
            return inode.size;
        }

        @Override
        public void truncate(long size) throws IOException {
            usable();
            step();
            inode.truncate(Math.toIntExact(size));
        }

        @Override
        public void close() {
            closed = true;
        }

        private int transfer(int asked) {
            return shortTransfers && asked > 1 ? random.nextInt(1, asked + 1) : asked;
        }

        private void usable() throws IOException {
            if (closed || openedIn != epoch) {
                throw new IOException("the handle is closed");
            }
        }
    }
}
