package dev.heddle.log;

import com.google.errorprone.annotations.CheckReturnValue;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;

/**
 * One folder. The only way in which this package touches storage, so that a test can put a disk underneath that loses
 * what was not forced, fills up or fails. Nothing is durable before it was forced: neither the contents of a file
 * ({@link DiskFile#force}) nor its name ({@link #force}).
 */
public interface Disk {
    /** Names of all files, in no particular order. */
    List<String> list() throws IOException;

    /** Opens for reading and writing; an absent file is created empty. */
    DiskFile open(String name) throws IOException;

    /**
     * Opens a file that is there for reading and writing.
     *
     * @throws NoSuchFileException if it is missing; then it stays so
     */
    default DiskFile openExisting(String name) throws IOException {
        if (!list().contains(name)) {
            throw new NoSuchFileException(name);
        }
        return open(name);
    }

    /** Deletes a file; an absent one is no error. Handles that are open stay usable until they are closed. */
    void delete(String name) throws IOException;

    /**
     * Renames atomically, replacing {@code to} if it exists.
     *
     * @throws StorageFullException if there is no room for the other name; nothing has changed then
     */
    void rename(String from, String to) throws IOException;

    /**
     * Gives a file, which nobody writes to any more, the same name on another disk, too.
     *
     * @return false if these two cannot share files; nothing has changed then
     */
    @CheckReturnValue
    default boolean share(String name, Disk with) {
        return false;
    }

    /** Whether a file has another name, on this disk or another one, or may have: then its contents are not ours to change. */
    default boolean isShared(String name) {
        return false;
    }

    /** Makes every creation, deletion and renaming so far durable. */
    void force() throws IOException;
}
