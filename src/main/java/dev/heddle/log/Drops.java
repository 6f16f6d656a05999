package dev.heddle.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The drops that go with one force, in their order; whoever owns the {@link ForceRequest} owns them. The disk may have room for
 * some of them only.
 */
final class Drops {
    private final List<Drop> all;
    private final int mostSpares;
    private final int stepBytes;
    private final List<Spares.Spare> spares = new ArrayList<>();
    private final List<Segment> gone = new ArrayList<>();
    private int done;

    /**
     * @param mostSpares files that are to be kept, if there are such
     * @param stepBytes of space that are given back at a time, see {@link Remains}
     */
    Drops(List<Drop> all, int mostSpares, int stepBytes) {
        this.all = all;
        this.mostSpares = mostSpares;
        this.stepBytes = stepBytes;
    }

    /** Runs them, once what was written before them is durable. */
    void run(Disk disk) throws IOException {
        while (done < all.size() && run(all.get(done), disk)) {
            done++;
        }
    }

    private boolean run(Drop drop, Disk disk) throws IOException {
        boolean keep = drop.isReusable() && spares.size() < mostSpares;
        Drop.Fate fate = drop.run(disk, keep);
        switch (fate) {
            case KEPT -> spares.add(drop.spare());
            case DELETED -> gone.add(drop.segment());
            case NO_ROOM -> {}
        }
        return fate != Drop.Fate.NO_ROOM;
    }

    /** The first one that the disk had no room for, and all behind it, which may build on it. */
    List<Drop> undone() {
        return all.subList(done, all.size());
    }

    /** The files that are kept. */
    List<Spares.Spare> spares() {
        return spares;
    }

    /** The space of the others. */
    Remains remains() {
        return new Remains(gone, stepBytes);
    }

    /** What all their segments take on the disk. */
    long bytes() {
        return all.stream().mapToLong(Drop::bytes).sum();
    }
}
