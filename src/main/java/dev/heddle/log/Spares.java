package dev.heddle.log;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Files of segments that were dropped, kept to be written over by new segments; owned by the log's thread. At most
 * {@value #MOST}, open, of no use to anybody after a restart. The idea is PostgreSQL's, whose WAL files go round in the same way.
 *
 * <p>Where something lay before, a file system has no blocks to find, no length to note down and no journal to write for it: a
 * force of half a megabyte takes little more than half as long. What lay there cannot be mistaken for what is written now: it
 * was right at positions that will never come again ({@link RecordCodec}).
 */
final class Spares implements Closeable {
    /** More than are filled between two chances to drop some. */
    static final int MOST = 2;

    private static final Pattern NAME = Pattern.compile("[0-7][0-9a-f]{15}\\.spare");

    /** A file that nobody needs, and what it is called. */
    record Spare(String fileName, DiskFile file) {}

    private final Disk disk;
    private final List<Spare> kept = new ArrayList<>(MOST);

    Spares(Disk disk) {
        this.disk = disk;
    }

    /** What a segment's file is called while it is nobody's. */
    static String fileName(long base) {
        return String.format(Locale.ROOT, "%016x.spare", base);
    }

    static boolean isSpare(String fileName) {
        return NAME.matcher(fileName).matches();
    }

    /** How many more are wanted. */
    int wanted() {
        return MOST - kept.size();
    }

    void add(List<Spare> more) {
        kept.addAll(more);
    }

    /**
     * One that is the caller's now, called {@code fileName}, which may be so in the page cache only; null if there is none.
     *
     * @throws StorageFullException if there is no room for that name; nothing has changed then
     */
    @Nullable
    DiskFile take(String fileName) throws IOException {
        if (kept.isEmpty()) {
            return null;
        }
        Spare spare = kept.getLast();
        disk.rename(spare.fileName(), fileName);
        kept.removeLast();
        return spare.file();
    }

    /** Gives their space back; false if there was none. */
    boolean giveUp() throws IOException {
        boolean any = !kept.isEmpty();
        for (Spare spare : kept) {
            disk.delete(spare.fileName());
        }
        close();
        return any;
    }

    /** Leaves what there is to the next start, which deletes it. */
    @Override
    public void close() throws IOException {
        for (Spare spare : kept) {
            spare.file().close();
        }
        kept.clear();
    }
}
