package dev.heddle.server;

import dev.heddle.config.SettingsException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The server that runs on a data folder, as another process on the same machine sees it. One thread.
 *
 * <p>The folder's locks say whether it runs, and its process id stands beside them. So this also works where other processes are
 * hidden, such as in the sandbox of a service.
 */
public final class Occupant {
    private static final int LOOK_MILLIS = 20;

    private final Path data;
    private final long pid;

    private Occupant(Path data, long pid) {
        this.data = data;
        this.pid = pid;
    }

    /**
     * Finds it. The folder's lock says that there is one, so the process id beside it is no leftover that belongs to somebody
     * else by now.
     *
     * @throws SettingsException if there is none, or the folder cannot be looked into
     */
    public static Occupant of(Path folder) throws IOException {
        Path data = folder.toAbsolutePath();
        if (!isLocked(data)) {
            throw new SettingsException("no server runs on " + data);
        }
        try {
            return new Occupant(
                    data,
                    Long.parseLong(
                            Files.readString(data.resolve(DataFolder.PID)).strip()));
        } catch (NoSuchFileException | NumberFormatException noPid) {
            throw new SettingsException("no server is ready on " + data + " yet");
        }
    }

    private static boolean isLocked(Path data) throws IOException {
        try {
            return FolderLock.isHeld(DataFolder.locks(data));
        } catch (AccessDeniedException denied) {
            throw new SettingsException("this user may not look for the server of the data folder " + data);
        } catch (FileSystemException unusable) {
            throw new SettingsException("no server can run on the data folder " + data + ": " + unusable.getReason());
        }
    }

    public long pid() {
        return pid;
    }

    /**
     * Where to ask it.
     *
     * @throws SettingsException if it has no admin port, or this user may not
     */
    public AdminDoor admin() throws IOException {
        return AdminDoor.read(data.resolve(DataFolder.ADMIN));
    }

    /**
     * Has it read its configuration again, by SIGHUP, and waits for its answer.
     *
     * @throws IOException if it cannot be told, ends, or takes longer than {@code patience}
     */
    public ReloadAnswer reload(Duration patience) throws IOException, InterruptedException {
        long asked = System.currentTimeMillis();
        signal("HUP");
        long until = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() - until < 0) {
            ReloadAnswer answer = ReloadAnswer.read(data).orElse(null);
            if (answer != null && answer.begunMillis() >= asked) {
                return answer;
            }
            if (!isLocked(data)) {
                throw new IOException("pid " + pid() + " has ended, see its log");
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        throw new IOException("no answer from pid " + pid() + " in " + patience.toSeconds() + " seconds, see its log");
    }

    /** Java itself can only end a process, and only one that it sees. */
    private void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("/bin/sh", "-c", "kill -" + name + " " + pid)
                .redirectErrorStream(true)
                .start();
        kill.getInputStream().readAllBytes();
        if (kill.waitFor() != 0) {
            throw new IOException("pid " + pid + " belongs to somebody else, or runs in a container of its own");
        }
    }

    /**
     * Has it drained, by SIGTERM, and waits until it has let go of its folder, which is the last thing it does.
     *
     * @return what it said in the end
     * @throws IOException if it cannot be told, or takes longer than {@code patience}
     */
    public Drained drain(Duration patience) throws IOException, InterruptedException {
        signal("TERM");
        long until = System.nanoTime() + patience.toNanos();
        while (isLocked(data)) {
            if (System.nanoTime() - until >= 0) {
                throw new IOException("pid " + pid + " still drains after " + patience.toSeconds() + " seconds");
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        // What it leaves behind after a bad end is its process id.
        boolean orderly = !Files.exists(data.resolve(DataFolder.PID));
        Path said = data.resolve(DataFolder.DRAINED);
        String line = Files.exists(said)
                ? Files.readString(said).strip()
                : "pid " + pid + " ended without a checkpoint, the next start recovers";
        return new Drained(orderly, line);
    }
}
