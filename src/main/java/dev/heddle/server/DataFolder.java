package dev.heddle.server;

import dev.heddle.config.SettingsException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The folder that a server keeps everything in, locked while it runs; the thread that starts and stops the server.
 *
 * <pre>
 *   DIR/heddle.lock        locked by the server that runs on it; see {@link FolderLock}
 *   DIR/heddle.pid         its process id
 *   DIR/heddle.process     the same, and when it was started; see {@link ProcessMark}
 *   DIR/heddle.admin       where its admin port is; see {@link AdminDoor}
 *   DIR/heddle.drained     what the last drain said; gone while a server runs
 *   DIR/heddle.properties  what never changes: see {@link FolderProperties}; locked, too
 *   DIR/shard-0/ ...       one log each
 * </pre>
 *
 * <p>The four that other processes read are {@link Note}s: where one cannot be written, the server goes on without it, and
 * says so.
 */
final class DataFolder implements AutoCloseable {
    /** Bytes that a shard keeps for each user in its store. */
    static final int USER_BYTES = dev.heddle.shard.Shard.USER_IMAGE_BYTES;

    /** Nobody else looks into what is made with it, whatever they may see of the place where it is. */
    static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    static final String PID = "heddle.pid";
    static final String PROCESS = "heddle.process";
    static final String ADMIN = "heddle.admin";
    static final String DRAINED = "heddle.drained";

    /** A process that was just killed is given so long to be gone. */
    private static final int END_ATTEMPTS = 40;

    private static final int END_PAUSE_MILLIS = 50;

    private final Path path;
    private final FolderLock lock;
    private final FolderProperties properties;
    private final int shards;
    private final boolean serves;
    private final Consumer<String> lost;
    private boolean keepsPid;

    private DataFolder(
            Path path,
            FolderLock lock,
            FolderProperties properties,
            int shards,
            boolean serves,
            Consumer<String> lost) {
        this.path = path;
        this.lock = lock;
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
        // Where links lead now: they may lead elsewhere while the server runs.
        Path real = path.toRealPath();
        FolderLock lock = FolderLock.exclusive(real);
        try {
            refuseIfOccupied(real);
            FolderProperties properties = new FolderProperties(real);
            int shards = properties.shards(wantedShards);
            lock.add(properties.file());
            DataFolder folder = new DataFolder(real, lock, properties, shards, true, lost);
            folder.note(DRAINED).remove();
            folder.note(ADMIN).remove();
            String otherwise = "bin/stop and the commands of bin/heddle do not find this server";
            folder.leave(PROCESS, ProcessMark.here().text() + "\n", otherwise);
            folder.leave(PID, ProcessHandle.current().pid() + "\n", otherwise);
            return folder;
        } catch (IOException | RuntimeException failure) {
            lock.close();
            throw failure;
        }
    }

    /** Checks the process file as well, because the lock files may have been deleted. */
    private static void refuseIfOccupied(Path path) throws IOException {
        Path file = path.resolve(PROCESS);
        if (!Files.exists(file)) {
            return;
        }
        ProcessMark before = ProcessMark.parse(Files.readString(file)).orElse(null);
        for (int attempt = 1; before != null && before.isAliveElsewhere(); attempt++) {
            if (attempt == END_ATTEMPTS) {
                throw new SettingsException("another server (pid " + before.pid() + ") runs on the data folder " + path
                        + ", although nothing of it is locked");
            }
            try {
                TimeUnit.MILLISECONDS.sleep(END_PAUSE_MILLIS);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", stopped);
            }
        }
    }

    /**
     * Locks a folder to look at it, and opens nothing in it for writing: others may look at the same time, and no server starts.
     *
     * @throws SettingsException if it is none, or a server runs on it
     */
    static DataFolder inspect(Path path) throws IOException {
        FolderProperties properties = new FolderProperties(path);
        if (!properties.areWhole()) {
            throw new SettingsException(path + " is no data folder of Heddle: it has no heddle.properties");
        }
        FolderLock lock = FolderLock.shared(path);
        try {
            int shards = properties.shards(0);
            lock.add(properties.file());
            return new DataFolder(path, lock, properties, shards, false, lost -> {});
        } catch (IOException | RuntimeException failure) {
            lock.close();
            throw failure;
        }
    }

    /** The files by whose locks others see that a server runs on a folder. */
    static List<Path> locks(Path path) {
        return List.of(path.resolve(FolderLock.FILE), new FolderProperties(path).file());
    }

    /**
     * Any thread.
     *
     * @throws FolderLostException if another server could be started on it, or its path leads to another folder
     * @throws IOException if that cannot be told
     */
    void check() throws IOException {
        List<Path> lost = lock.lost();
        if (!lost.isEmpty()) {
            throw new FolderLostException(
                    lost.getFirst()
                            + " was removed or replaced while the server runs, which keeps others from its data",
                    !lost.contains(properties.file()));
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
        Path begun = properties.file();
        properties.complete();
        lock.renamed(begun, properties.file());
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

    /** Lets another server in; a folder that may be another's by now is left as it is. */
    @Override
    public void close() throws IOException {
        try (lock) {
            if (serves && lock.lost().isEmpty()) {
                note(ADMIN).remove();
                note(PROCESS).remove();
                if (!keepsPid) {
                    note(PID).remove();
                }
            }
        }
    }
}
