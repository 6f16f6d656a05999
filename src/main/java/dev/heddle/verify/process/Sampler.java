package dev.heddle.verify.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a process, five times a second on a thread of its own if it is a steady one; everything else under one lock. Bounded: when 20,000 samples
 * are kept, every second one is let go and the pace halves.
 */
public final class Sampler implements AutoCloseable {
    private static final int MOST = 20_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Thread thread =
            Thread.ofPlatform().daemon().name("verify-sampler").unstarted(this::run);
    private List<Sample> samples = new ArrayList<>();
    private long everyNanos = TimeUnit.MILLISECONDS.toNanos(200);
    private volatile @Nullable ProcessHandle process;
    private volatile boolean closed;

    private Sampler() {}

    static Sampler steady() {
        Sampler sampler = new Sampler();
        sampler.thread.start();
        return sampler;
    }

    /** Looks only when asked for {@link #now}. */
    static Sampler onDemand() {
        return new Sampler();
    }

    /** From now on, this life of the process. */
    void follow(ProcessHandle life) {
        process = life;
        now();
    }

    private void run() {
        while (!closed) {
            now();
            LockSupport.parkNanos(everyNanos);
        }
    }

    /** One sample more, at once; null if the process is down. */
    public @Nullable Sample now() {
        ProcessHandle life = process;
        if (life == null || !life.isAlive()) {
            return null;
        }
        Sample sample = look(life.pid());
        if (sample.residentBytes() <= 0) {
            return null;
        }
        lock.lock();
        try {
            samples.add(sample);
            if (samples.size() > MOST) {
                thin();
            }
        } finally {
            lock.unlock();
        }
        return sample;
    }

    private void thin() {
        List<Sample> half = new ArrayList<>();
        for (int i = 0; i < samples.size(); i += 2) {
            half.add(samples.get(i));
        }
        samples = half;
        everyNanos *= 2;
    }

    /** What was seen since an instant of the monotonic clock. */
    public List<Sample> since(long nanos) {
        lock.lock();
        try {
            return samples.stream()
                    .filter(sample -> sample.nanos() - nanos >= 0)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    private static Sample look(long pid) {
        long now = System.nanoTime();
        Path proc = Path.of("/proc", Long.toString(pid));
        try {
            if (Files.isDirectory(proc)) {
                return new Sample(now, status(proc, "VmRSS:") * 1024, files(proc), (int) status(proc, "Threads:"));
            }
            return new Sample(now, ps(pid) * 1024, -1, -1);
        } catch (IOException gone) {
            return new Sample(now, -1, -1, -1);
        }
    }

    private static long status(Path proc, String field) throws IOException {
        for (String line : Files.readAllLines(proc.resolve("status"))) {
            if (line.startsWith(field)) {
                return Long.parseLong(line.substring(field.length()).replaceAll("[^0-9]", ""));
            }
        }
        return -1;
    }

    private static int files(Path proc) throws IOException {
        try (var entries = Files.newDirectoryStream(proc.resolve("fd"))) {
            int count = 0;
            for (Path ignored : entries) {
                count++;
            }
            return count;
        }
    }

    /** Where there is no {@code /proc}. */
    private static long ps(long pid) throws IOException {
        Process asked = new ProcessBuilder("ps", "-o", "rss=", "-p", Long.toString(pid)).start();
        try (var reader = asked.inputReader()) {
            String line = reader.readLine();
            return line == null ? -1 : Long.parseLong(line.strip());
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
