package dev.heddle.server;

import dev.heddle.config.SettingsException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The folder that a server keeps everything in, locked while it runs; the thread that starts and stops the server.
 *
 * <pre>
 *   DIR/heddle.lock        locked by the server that runs on it
 *   DIR/heddle.pid         its process id
 *   DIR/heddle.admin       where its admin port is; see {@link AdminDoor}
 *   DIR/heddle.drained     what the last drain said; gone while a server runs
 *   DIR/heddle.properties  what never changes: see {@link FolderProperties}
 *   DIR/shard-0/ ...       one log each
 * </pre>
 *
 * <p>The three that other processes read are {@link Note}s: where one cannot be written, the server goes on without it, and
 * says so.
 */
final class DataFolder implements AutoCloseable {
    /** Bytes that a shard keeps for each user in its store. */
    static final int USER_BYTES = dev.heddle.shard.Shard.USER_IMAGE_BYTES;

    /** Nobody else looks into what is made with it, whatever they may see of the place where it is. */
    static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    static final String LOCK = "heddle.lock";
    static final String PID = "heddle.pid";
    static final String ADMIN = "heddle.admin";
    static final String DRAINED = "heddle.drained";

    private final Path path;
    private final @Nullable FileChannel lockFile;
    private final FolderProperties properties;
    private final int shards;
    private final boolean serves;
    private final Consumer<String> lost;
    private boolean keepsPid;

    private DataFolder(
            Path path,
            @Nullable FileChannel lockFile,
            FolderProperties properties,
            int shards,
            boolean serves,
            Consumer<String> lost) {
        this.path = path;
        this.lockFile = lockFile;
        this.properties = properties;
        this.shards = shards;
        this.serves = serves;
        this.lost = lost;
    }

    /**
     * Locks the folder; makes it, for its owner alone, if it is new.
     *
     * @param wantedShards 0: whatever it has
     * @param lost is told in single lines what could not be left there for other processes
     * @throws SettingsException if another server runs on it, or it was made with another number of shards
     */
    static DataFolder open(Path path, int wantedShards, Consumer<String> lost) throws IOException {
        try {
            Durably.makeFolder(path.toAbsolutePath(), OWNER_ONLY);
        } catch (IOException impossible) {
            throw new SettingsException("cannot make the data folder " + path + ": " + impossible.getMessage());
        }
        FileChannel lockFile =
                FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            lock(lockFile, path);
            FolderProperties properties = new FolderProperties(path);
            int shards = properties.shards(wantedShards);
            DataFolder folder = new DataFolder(path, lockFile, properties, shards, true, lost);
            folder.note(DRAINED).remove();
            folder.note(ADMIN).remove();
            folder.leave(
                    PID,
                    ProcessHandle.current().pid() + "\n",
                    "bin/stop and the commands of bin/heddle do not find this server");
            return folder;
        } catch (IOException | RuntimeException failure) {
            lockFile.close();
            throw failure;
        }
    }

    /**
     * Locks a folder to look at it, and changes nothing in it.
     *
     * @throws SettingsException if it is none, or a server runs on it
     */
    static DataFolder inspect(Path path) throws IOException {
        Path lock = path.resolve(LOCK);
        FolderProperties properties = new FolderProperties(path);
        if (!properties.areWhole()) {
            throw new SettingsException(path + " is no data folder of Heddle: it has no heddle.properties");
        }
        FileChannel lockFile = Files.exists(lock) ? FileChannel.open(lock, StandardOpenOption.WRITE) : null;
        try {
            if (lockFile != null) {
                lock(lockFile, path);
            }
            return new DataFolder(path, lockFile, properties, properties.shards(0), false, lost -> {});
        } catch (IOException | RuntimeException failure) {
            if (lockFile != null) {
                lockFile.close();
            }
            throw failure;
        }
    }

    /** Whether no server holds this lock file; then it is locked from now on until it is closed. */
    static boolean isFree(FileChannel file) throws IOException {
        try {
            return file.tryLock() != null;
        } catch (OverlappingFileLockException ours) {
            return false;
        }
    }

    private static void lock(FileChannel file, Path path) throws IOException {
        if (!isFree(file)) {
            Path pid = path.resolve(PID);
            String who = Files.exists(pid) ? " (pid " + Files.readString(pid).strip() + ")" : "";
            throw new SettingsException("another server" + who + " runs on the data folder " + path);
        }
    }

    int shards() {
        return shards;
    }

    /**
     * The folder of a shard, made if the data folder is new.
     *
     * @throws SettingsException if it is missing or has no log
     */
    Path shard(int number) throws IOException {
        Path folder = path.resolve(shardName(number));
        if (serves && properties.areBegun()) {
            Files.createDirectories(folder);
            Durably.forceNames(path);
        } else if (!hasLog(folder)) {
            throw new SettingsException("the data folder " + path + " has " + shards
                    + (shards == 1 ? " shard" : " shards") + ", but there is no log in " + folder
                    + "; is something not mounted, or only partly restored?");
        }
        return folder;
    }

    static String shardName(int number) {
        return "shard-" + number;
    }

    private static boolean hasLog(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (DirectoryStream<Path> logs = Files.newDirectoryStream(folder, "*.log")) {
            return logs.iterator().hasNext();
        }
    }

    /** Every shard has been opened: from now on each of them has to be there. */
    void complete() throws IOException {
        properties.complete();
    }

    /** Lets who may read this folder find the admin port. */
    void admin(AdminDoor door) {
        leave(ADMIN, door.text(), "the commands of bin/heddle cannot ask this server");
    }

    /** Leaves behind what is to be known about the end of this run. */
    void drained(String line) {
        leave(DRAINED, line + "\n", "who stops this server does not see what became of its messages");
    }

    private void leave(String name, String text, String otherwise) {
        try {
            note(name).write(text);
        } catch (IOException failure) {
            lost.accept(failure.getMessage() + "; " + otherwise);
        }
    }

    private Note note(String name) {
        return new Note(path.resolve(name), name.equals(ADMIN));
    }

    /** The process id stays behind: who waits for the server's end learns that it was no good one. */
    void keepPid() {
        keepsPid = true;
    }

    Path path() {
        return path;
    }

    /** Lets another server in. */
    @Override
    public void close() throws IOException {
        if (serves) {
            note(ADMIN).remove();
        }
        if (serves && !keepsPid) {
            note(PID).remove();
        }
        if (lockFile != null) {
            lockFile.close();
        }
    }
}
