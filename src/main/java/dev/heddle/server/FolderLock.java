package dev.heddle.server;

import dev.heddle.config.SettingsException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The right to a data folder; taken and given up by the thread that opens and closes the folder, looked after by any thread.
 * Bounded: two files.
 *
 * <p>{@code heddle.lock} is made by whoever comes first. {@code heddle.properties} is never made again, and a folder with shards
 * and without it is refused; so where somebody has removed {@code heddle.lock}, it still says that the folder is in use. While
 * these files are locked this process must not open them again: closing any descriptor of a file gives up its locks.
 */
final class FolderLock implements AutoCloseable {
    static final String FILE = "heddle.lock";

    /** A probe for a running server holds a lock for an instant; that is no reason to refuse a start. */
    private static final int ATTEMPTS = 5;

    private static final int PAUSE_MILLIS = 40;

    /** @param key which file it was, whatever its name leads to by now; null: the file system has no such keys */
    private record Held(
            Path file, FileChannel channel, @Nullable Object key) {}

    private final Path folder;
    private final boolean shared;
    private final List<Held> held = new CopyOnWriteArrayList<>();

    private FolderLock(Path folder, boolean shared) {
        this.folder = folder;
        this.shared = shared;
    }

    /**
     * Locks it against everybody; {@link #add} is to follow.
     *
     * @throws SettingsException if another process has it
     */
    static FolderLock exclusive(Path folder) throws IOException {
        FolderLock lock = new FolderLock(folder, false);
        lock.add(folder.resolve(FILE));
        return lock;
    }

    /**
     * Locks it against servers, and opens nothing for writing; {@link #add} is to follow.
     *
     * @throws SettingsException if a server has it
     */
    static FolderLock shared(Path folder) throws IOException {
        FolderLock lock = new FolderLock(folder, true);
        if (Files.exists(folder.resolve(FILE))) {
            lock.add(folder.resolve(FILE));
        }
        return lock;
    }

    /**
     * Locks this file of it, too.
     *
     * @throws SettingsException if another process has it; then all is given up
     */
    void add(Path file) throws IOException {
        FileChannel channel = null;
        try {
            channel = shared
                    ? FileChannel.open(file, StandardOpenOption.READ)
                    : FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            for (int attempt = 1; !isTaken(channel, shared); attempt++) {
                if (attempt == ATTEMPTS) {
                    throw new SettingsException("another server" + pid() + " runs on the data folder " + folder);
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
            held.add(new Held(file, channel, key(file)));
        } catch (IOException | RuntimeException failure) {
            giveUp(channel);
            throw failure;
        } catch (InterruptedException stopped) {
            giveUp(channel);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stopped);
        }
    }

    private void giveUp(@Nullable FileChannel half) throws IOException {
        if (half != null) {
            half.close();
        }
        close();
    }

    /** The file has got this name now. */
    void renamed(Path file, Path name) {
        held.replaceAll(one -> one.file.equals(file) ? new Held(name, one.channel, one.key) : one);
    }

    private static @Nullable Object key(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    private static boolean isTaken(FileChannel channel, boolean shared) throws IOException {
        try {
            return channel.tryLock(0, Long.MAX_VALUE, shared) != null;
        } catch (OverlappingFileLockException ours) {
            return false;
        }
    }

    private String pid() {
        try {
            return " (pid " + Files.readString(folder.resolve(DataFolder.PID)).strip() + ")";
        } catch (IOException unknown) {
            return "";
        }
    }

    /** Whether somebody has locked one of these files; one that is not there has nobody. */
    static boolean isHeld(List<Path> files) throws IOException {
        for (Path file : files) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                if (!isTaken(channel, true)) {
                    return true;
                }
            } catch (NoSuchFileException none) {
                // The next one may say.
            }
        }
        return false;
    }

    /**
     * Lock files that are missing or were replaced. Another server may then take the folder as free, or the path now leads to
     * another folder.
     *
     * @throws IOException if that cannot be told
     */
    List<Path> lost() throws IOException {
        List<Path> lost = new ArrayList<>();
        for (Held one : held) {
            try {
                if (!Objects.equals(key(one.file), one.key)) {
                    lost.add(one.file);
                }
            } catch (NoSuchFileException gone) {
                lost.add(one.file);
            }
        }
        return lost;
    }

    /** Lets others in. */
    @Override
    public void close() throws IOException {
        for (Held one : held) {
            one.channel.close();
        }
        held.clear();
    }
}
