package dev.heddle.server;

import dev.heddle.config.SettingsException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The server that runs on a data folder, as another process on the same machine sees it. One thread. */
public final class Occupant {
    private final Path data;
    private final ProcessHandle process;

    private Occupant(Path data, ProcessHandle process) {
        this.data = data;
        this.process = process;
    }

    /**
     * Finds it. The folder's lock says that there is one, so the process id beside it is no leftover that belongs to somebody
     * else by now.
     *
     * @throws SettingsException if there is none, or the folder cannot be looked into
     */
    public static Occupant of(Path folder) throws IOException {
        Path data = folder.toAbsolutePath().normalize();
        if (!isLocked(data)) {
            throw new SettingsException("no server runs on " + data);
        }
        String pid = Files.readString(data.resolve(DataFolder.PID)).strip();
        try {
            return new Occupant(
                    data,
                    ProcessHandle.of(Long.parseLong(pid))
                            .orElseThrow(() -> new SettingsException("the server of " + data + ", pid " + pid
                                    + ", runs where it cannot be seen: in a container?")));
        } catch (NumberFormatException noPid) {
            throw new SettingsException("no server is ready on " + data + " yet");
        }
    }

    private static boolean isLocked(Path data) throws IOException {
        try (FileChannel lock = FileChannel.open(data.resolve(DataFolder.LOCK), StandardOpenOption.WRITE)) {
            return !DataFolder.isFree(lock);
        } catch (NoSuchFileException none) {
            return false;
        } catch (AccessDeniedException denied) {
            throw new SettingsException("this user may not look for the server of the data folder " + data);
        } catch (FileSystemException unusable) {
            throw new SettingsException("no server can run on the data folder " + data + ": " + unusable.getReason());
        }
    }

    public long pid() {
        return process.pid();
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
        hangUp();
        long until = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() - until < 0) {
            ReloadAnswer answer = ReloadAnswer.read(data).orElse(null);
            if (answer != null && answer.begunMillis() >= asked) {
                return answer;
            }
            if (!process.isAlive()) {
                throw new IOException("pid " + pid() + " has ended, see its log");
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        throw new IOException("no answer from pid " + pid() + " in " + patience.toSeconds() + " seconds, see its log");
    }

    /** Java itself can only end a process. */
    private void hangUp() throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("/bin/sh", "-c", "kill -HUP " + pid())
                .redirectErrorStream(true)
                .start();
        kill.getInputStream().readAllBytes();
        if (kill.waitFor() != 0) {
            throw new IOException("pid " + pid() + " belongs to somebody else");
        }
    }

    /**
     * Has it drained, by SIGTERM, and waits until it has ended.
     *
     * @return what it said in the end
     * @throws IOException if it cannot be told, or takes longer than {@code patience}
     */
    public Drained drain(Duration patience) throws IOException, InterruptedException {
        if (!process.destroy()) {
            throw new IOException("pid " + pid() + " belongs to somebody else");
        }
        try {
            process.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw new IOException("pid " + pid() + " still drains after " + patience.toSeconds() + " seconds", late);
        } catch (ExecutionException impossible) {
            throw new IOException(impossible);
        }
        // What it leaves behind after a bad end is its process id.
        boolean orderly = !Files.exists(data.resolve(DataFolder.PID));
        Path said = data.resolve(DataFolder.DRAINED);
        String line = Files.exists(said)
                ? Files.readString(said).strip()
                : "pid " + pid() + " ended without a checkpoint, the next start recovers";
        return new Drained(orderly, line);
    }
}
